using System.Collections.Immutable;
using System.Text.Json;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Registry.Consul.Registration;

namespace GatewayMesh.Registry.Consul.Catalog;

/// <summary>
/// Reads <c>/v1/health/service/NAME</c> of a gateway's name. The metadata of its registration holds group, tunnel and zone.
/// </summary>
internal static class GatewayReader
{
    /// <summary>The gateways. A registration without a tunnel is not a gateway of this mesh.</summary>
    /// <exception cref="JsonException">The body is not JSON.</exception>
    /// <exception cref="InvalidOperationException">The JSON is not a list of registrations.</exception>
    public static ImmutableSortedDictionary<string, DiscoveredGateway> Read(ReadOnlyMemory<byte> body)
    {
        using var answer = ConsulJson.Parse(body);
        var gateways = ImmutableSortedDictionary.CreateBuilder<string, DiscoveredGateway>(StringComparer.Ordinal);
        foreach (var registered in Registered.In(answer))
        {
            if (registered.Address is { } mesh && HostPort.TryParse(registered.MetaOf(MetaKeys.Tunnel), out var tunnel))
            {
                var gateway = new NodeGateway(registered.Service, registered.MetaOf(MetaKeys.Group) ?? "default", mesh, tunnel);
                gateways[$"{registered.Id} {mesh}"] = new DiscoveredGateway(
                    registered.Node,
                    gateway,
                    registered.Passes,
                    registered.MetaOf(MetaKeys.Zone) ?? registered.NodeMetaOf(EndpointModel.ZoneKey));
            }
        }

        return gateways.ToImmutable();
    }
}
