using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using GatewayMesh.Configuration.Entries.Flags;
using GatewayMesh.Configuration.Entries.Tokens;
using GatewayMesh.Configuration.Intentions;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Policies.Jwt;
using GatewayMesh.Configuration.Routing;

namespace GatewayMesh.Configuration.Snapshot;

/// <summary>Computes the revision: a digest of the compiled content, so that nodes with equal content have equal revisions.</summary>
internal static class SnapshotDigest
{
    /// <summary>Length of a revision in letters: 48 bits, enough to distinguish the revisions of a mesh.</summary>
    private const int Length = 12;

    public static string Of(
        PolicyModel shared,
        SortedDictionary<string, ServiceModel> services,
        IEnumerable<TargetModel> targets,
        ImmutableArray<GatewayModel> gateways,
        SortedDictionary<(string Ingress, int Port), IngressModel> ingress,
        ImmutableArray<JwtProviderEntry> providers,
        ImmutableArray<FeatureFlagEntry> flags,
        IntentionTable intentions,
        ImmutableArray<RefusedRecord> refused)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(hash, shared.Text);
        foreach (var service in services.Values)
        {
            Add(hash, "service", service.Name, service.Protocol);
            Add(hash, service.Policy.Text);
            AddEndpoints(hash, service.Endpoints);
            foreach (var text in RouteDescription.Of(service.Routes))
            {
                Add(hash, "route", text);
            }
        }

        foreach (var target in targets.OrderBy(target => target.Id, StringComparer.Ordinal))
        {
            Add(hash, "target", target.Id, target.Service, target.Protocol, target.Filter, target.OnlyPassing ? "only passing" : "");
            Add(hash, target.Policy.Text);
            AddEndpoints(hash, target.Endpoints);
        }

        foreach (var gateway in gateways)
        {
            Add(
                hash,
                "gateway",
                gateway.Node,
                gateway.Group,
                gateway.Mesh.ToString(),
                gateway.Tunnel.ToString(),
                gateway.Zone ?? "",
                gateway.Healthy ? "well" : "ill");
        }

        foreach (var (key, model) in ingress)
        {
            Add(hash, "ingress", key.Ingress);
            Add(hash, key.Port);
            foreach (var (host, service) in model.Hosts.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            {
                Add(hash, "host", host, service);
            }

            foreach (var (service, edits) in model.Edits.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            {
                Add(hash, "edits", service, edits.Request?.ToString() ?? "", edits.Response?.ToString() ?? "");
            }
        }

        foreach (var provider in providers.OrderBy(provider => provider.Name, StringComparer.Ordinal))
        {
            var model = PolicyModel.Default with { Jwt = new JwtModel { Issuers = [provider.Issuer] } };
            Add(hash, "provider", provider.Name, model.Text);
        }

        foreach (var flag in flags.OrderBy(flag => flag.Name, StringComparer.Ordinal))
        {
            Add(hash, "flag", flag.Name, flag.Text);
        }

        foreach (var record in refused)
        {
            Add(
                hash,
                "refused",
                record.Service,
                record.Id,
                record.Node,
                record.Address.ToString(),
                record.Datacenter,
                record.Fault.ToString());
        }

        Add(hash, "intentions", intentions.Revision);
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..Length];
    }

    private static void AddEndpoints(IncrementalHash hash, ImmutableArray<EndpointModel> endpoints)
    {
        foreach (var endpoint in endpoints)
        {
            Add(
                hash,
                "endpoint",
                endpoint.Id,
                endpoint.Node,
                endpoint.Address.ToString(),
                endpoint.Datacenter,
                endpoint.Healthy ? "well" : "ill",
                endpoint.Application?.ToString() ?? "",
                endpoint.IsForeign ? "foreign" : "",
                endpoint.Zone ?? "");
            Add(hash, endpoint.Weight);
            foreach (var (key, value) in endpoint.Meta)
            {
                Add(hash, "meta", key, value);
            }
        }
    }

    // Each text is prefixed with its length, or "ab" + "c" would equal "a" + "bc".
    private static void Add(IncrementalHash hash, params ReadOnlySpan<string> texts)
    {
        foreach (var text in texts)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            Add(hash, bytes.Length);
            hash.AppendData(bytes);
        }
    }

    private static void Add(IncrementalHash hash, long number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        hash.AppendData(bytes);
    }
}
