using System.Collections.Immutable;
using System.Text.Json;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Registry.Consul.Registration;

namespace GatewayMesh.Registry.Consul.Catalog;

/// <summary>
/// Reads <c>/v1/health/connect/NAME</c>: the sidecars of a service's instances. Instances without a sidecar are not in the mesh.
/// </summary>
internal static class InstanceReader
{
    /// <summary>The instances, including critical ones: when no instance is healthy, all are used.</summary>
    /// <exception cref="JsonException">The body is not JSON.</exception>
    /// <exception cref="InvalidOperationException">The JSON is not a list of registrations.</exception>
    public static ImmutableSortedDictionary<string, DiscoveredInstance> Read(ReadOnlyMemory<byte> body)
    {
        using var answer = ConsulJson.Parse(body);
        var instances = ImmutableSortedDictionary.CreateBuilder<string, DiscoveredInstance>(StringComparer.Ordinal);
        foreach (var registered in Registered.In(answer))
        {
            if (registered.Address is { } address)
            {
                var id = (registered.Proxy is { } proxy ? Registered.Text(proxy, "DestinationServiceID") : null) is { Length: > 0 } instance
                    ? instance
                    : registered.Id;
                instances[$"{id} {address}"] = new DiscoveredInstance(id, registered.Node, address, registered.Passes)
                {
                    Protocol = ProtocolOf(registered),
                    Warns = registered.Warns,
                    Application = ApplicationOf(registered, address),
                    IsForeign = registered.OurNode is null,
                    Weight = registered.Weight,
                    Zone = registered.MetaOf(MetaKeys.Zone) ?? registered.NodeMetaOf(EndpointModel.ZoneKey),
                    Tags = registered.Tags,
                    Meta = registered.Meta,
                };
            }
        }

        return instances.ToImmutable();
    }

    private static HostPort? ApplicationOf(Registered registered, HostPort inbound) =>
        registered.Proxy is { } proxy && Registered.Text(proxy, "LocalServiceAddress") is { } host && Names.IsHost(host)
        && proxy.TryGetProperty("LocalServicePort", out var number) && number.TryGetInt32(out var port) && port is > 0 and < 65536
            ? ApplicationAddress.SeenByOthers(new HostPort(host, port), inbound)
            : null;

    private static string ProtocolOf(Registered registered)
    {
        var protocol = registered.Proxy is { } proxy && proxy.TryGetProperty("Config", out var config)
            && config.ValueKind == JsonValueKind.Object
            ? Registered.Text(config, "protocol")
            : null;
        return protocol is "http2" or "grpc" ? protocol : "http";
    }
}
