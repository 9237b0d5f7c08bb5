using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Entries.Flags;
using GatewayMesh.Configuration.Entries.Tokens;
using GatewayMesh.Configuration.Headers;
using GatewayMesh.Configuration.Intentions;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Policies.Jwt;
using GatewayMesh.Configuration.Routing;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Configuration.Snapshot;

/// <summary>Computes the revision: a digest of the compiled content, so that nodes with equal content have equal revisions.</summary>
internal static class SnapshotDigest
{
    /// <summary>Length of a revision in letters: 48 bits, enough to distinguish the revisions of a mesh.</summary>
    private const int Length = 12;

    public static string Of(
        PolicyModel shared,
        SortedDictionary<string, ServiceModel> services,
        string ownNamespace,
        IEnumerable<TargetModel> targets,
        ImmutableArray<GatewayModel> gateways,
        SortedDictionary<(string Ingress, int Port), IngressModel> ingress,
        ImmutableArray<JwtProviderEntry> providers,
        ImmutableArray<FeatureFlagEntry> flags,
        IntentionTable intentions,
        ImmutableArray<RefusedRecord> refused,
        ServiceCatalog catalog)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(hash, shared.Text);
        if (ownNamespace.Length > 0)
        {
            Add(hash, "namespace", ownNamespace);
        }

        foreach (var service in services.Values)
        {
            Add(hash, "service", service.Name, service.Protocol);
            Add(hash, service.Policy.Text);
            AddEndpoints(hash, service.Endpoints);
            AddRoutes(hash, service);
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

        AddProviders(hash, providers);
        AddFlags(hash, flags);
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

        AddNames(hash, catalog);
        Add(hash, "intentions", intentions.Revision);
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..Length];
    }

    /// <summary>
    /// Digest of what operators declare, entries and intentions, without the instances: a node knows only those that it watches, so that
    /// <see cref="Of"/> differs between nodes that are all up to date.
    /// </summary>
    public static string OfEntries(
        EntrySet entries,
        PolicyCompiler policies,
        SortedDictionary<string, ServiceModel> services,
        IEnumerable<TargetModel> targets,
        IntentionTable intentions)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(hash, policies.Shared.Text, entries.ProxyDefaults.FirstOrDefault()?.Protocol ?? "");
        foreach (var entry in entries.ServiceDefaults.OrderBy(entry => entry.Name, StringComparer.Ordinal))
        {
            Add(hash, "defaults", entry.Name, entry.Protocol ?? "");
        }

        foreach (var (name, policy) in policies.All.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            Add(hash, "policy", name, policy.Text);
        }

        foreach (var service in services.Values.Where(service => service is { Routes: not null } or { ConsumerRoutes.IsEmpty: false }))
        {
            Add(hash, "routes", service.Name);
            AddRoutes(hash, service);
        }

        foreach (var target in targets.OrderBy(target => target.Id, StringComparer.Ordinal))
        {
            Add(hash, "target", target.Id, target.Filter, target.OnlyPassing ? "only passing" : "");
        }

        foreach (var entry in entries.IngressGateways.OrderBy(entry => entry.Name, StringComparer.Ordinal))
        {
            foreach (var listener in entry.Listeners)
            {
                Add(hash, "ingress", entry.Name);
                Add(hash, listener.Port);
                foreach (var service in listener.Services)
                {
                    var edits = FieldEdits.Of(service.RequestHeaders, service.ResponseHeaders);
                    Add(hash, "exposed", service.Name, edits?.Request?.ToString() ?? "", edits?.Response?.ToString() ?? "");
                    Add(hash, [.. service.Hosts]);
                }
            }
        }

        AddProviders(hash, entries.JwtProviders);
        AddFlags(hash, entries.FeatureFlags);
        Add(hash, "intentions", intentions.Revision);
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..Length];
    }

    private static void AddRoutes(IncrementalHash hash, ServiceModel service)
    {
        foreach (var text in RouteDescription.Of(service.Routes))
        {
            Add(hash, "route", text);
        }

        foreach (var (callers, start) in service.ConsumerRoutes)
        {
            Add(hash, "consumers", callers);
            foreach (var text in RouteDescription.Of(start))
            {
                Add(hash, "route", text);
            }
        }
    }

    private static void AddNames(IncrementalHash hash, ServiceCatalog catalog)
    {
        if (catalog.Namespace is not { } space)
        {
            return;
        }

        Add(hash, "namespace", space);
        foreach (var service in DiscoveredService.WithFrontend(catalog.Services))
        {
            Add(hash, "frontend", service.Name);
            Add(hash, service.Frontend!.Port);
            Add(hash, [.. service.Frontend.Addresses]);
            foreach (var instance in service.Instances ?? [])
            {
                if (instance.Hostname is { } host)
                {
                    Add(hash, "host", host, instance.Id);
                }
            }
        }
    }

    private static void AddFlags(IncrementalHash hash, ImmutableArray<FeatureFlagEntry> flags)
    {
        foreach (var flag in flags.OrderBy(flag => flag.Name, StringComparer.Ordinal))
        {
            Add(hash, "flag", flag.Name, flag.Text);
        }
    }

    private static void AddProviders(IncrementalHash hash, ImmutableArray<JwtProviderEntry> providers)
    {
        foreach (var provider in providers.OrderBy(provider => provider.Name, StringComparer.Ordinal))
        {
            var model = PolicyModel.Default with { Jwt = new JwtModel { Issuers = [provider.Issuer] } };
            Add(hash, "provider", provider.Name, model.Text);
        }
    }

    private static void AddEndpoints(IncrementalHash hash, ImmutableArray<EndpointModel> endpoints)
    {
        foreach (var endpoint in endpoints)
        {
            Add(
                hash,
                "endpoint",
                endpoint.Id,
                endpoint.Node);
            Add(hash, endpoint.Address);
            Add(hash, endpoint.Datacenter, endpoint.Healthy ? "well" : "ill");
            Add(hash, endpoint.Application);
            Add(hash, endpoint.IsForeign ? "foreign" : "", endpoint.Zone ?? "");
            Add(hash, endpoint.Weight);
            if (endpoint.KeepsKeys)
            {
                Add(hash, "keys");
            }

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
            Add(hash, text.AsSpan());
        }
    }

    private static void Add(IncrementalHash hash, ReadOnlySpan<char> text)
    {
        var most = Encoding.UTF8.GetMaxByteCount(text.Length);
        var bytes = most <= 512 ? stackalloc byte[most] : new byte[most];
        bytes = bytes[..Encoding.UTF8.GetBytes(text, bytes)];
        Add(hash, bytes.Length);
        hash.AppendData(bytes);
    }

    // Not the address's own text, which it would keep: a mesh has hundreds of thousands of addresses.
    private static void Add(IncrementalHash hash, HostPort? address)
    {
        if (address is null)
        {
            Add(hash, "");
            return;
        }

        var text = address.Host.Length <= 256 ? stackalloc char[272] : new char[address.Host.Length + 16];
        _ = address.TryFormat(text, out var length);
        Add(hash, text[..length]);
    }

    private static void Add(IncrementalHash hash, long number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        hash.AppendData(bytes);
    }
}
