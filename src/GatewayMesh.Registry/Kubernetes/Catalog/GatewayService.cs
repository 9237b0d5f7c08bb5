using System.Collections.Immutable;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Registry.Kubernetes.Objects;

namespace GatewayMesh.Registry.Kubernetes.Catalog;

/// <summary>
/// The Service whose endpoints are the gateways of the mesh. Gateways register nowhere: their pods are found like any other. The Service
/// itself is not callable.
/// </summary>
internal static class GatewayService
{
    /// <summary>Name of the port for mesh peers.</summary>
    public const string MeshPort = "mesh";

    /// <summary>
    /// Name of the port for tunnels of guards. Without it, tunnels use the port for mesh peers, as they do with certificates.
    /// </summary>
    public const string TunnelPort = "tunnel";

    private const string Group = "default";

    /// <summary>Namespace and name of the Service.</summary>
    public static ObjectKey Key { get; } = new("gatewaymesh", "gatewaymesh-gateway");

    /// <summary>The gateways.</summary>
    /// <param name="slices">All slices of the Service.</param>
    /// <param name="place">Place of this node.</param>
    public static ImmutableArray<DiscoveredGateway> Gateways(IReadOnlyCollection<KnownSlice> slices, NodePlace place)
    {
        // Hints do not apply: a sidecar chooses its gateways by zone itself.
        var anywhere = place with { Node = null };
        var mesh = UsableEndpoints.In(slices, MeshPort, anywhere);
        var tunnels = UsableEndpoints.In(slices, TunnelPort, anywhere).Endpoints.ToLookup(each => each.Key.Address, each => each.Key.Port);
        return
        [
            .. mesh.Endpoints
                .OrderBy(each => each.Value.Id, StringComparer.Ordinal)
                .ThenBy(each => each.Key.Address, StringComparer.Ordinal)
                .ThenBy(each => each.Key.Port)
                .Select(each => new DiscoveredGateway(
                    each.Value.Id,
                    new NodeGateway(
                        Key.Name,
                        Group,
                        new HostPort(each.Key.Address, each.Key.Port),
                        new HostPort(each.Key.Address, tunnels[each.Key.Address].FirstOrDefault(each.Key.Port))),
                    each.Value.IsReady || !mesh.AnyReady,
                    each.Value.Zone)),
        ];
    }
}
