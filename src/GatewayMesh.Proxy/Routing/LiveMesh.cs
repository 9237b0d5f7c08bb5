using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Proxy.LoadBalancing;

namespace GatewayMesh.Proxy.Routing;

/// <summary>The snapshot with the live state of its instances beside it. Swapped as one; a request reads it once, at the door.</summary>
/// <param name="Snapshot">The compiled configuration.</param>
/// <param name="Endpoints">Its instances, live.</param>
internal sealed record LiveMesh(MeshSnapshot Snapshot, EndpointTable Endpoints)
{
    /// <summary>A mesh that knows nothing.</summary>
    public static LiveMesh Empty { get; } = new(MeshSnapshot.Empty, EndpointTable.Empty);

    /// <summary>The route to a service, or null when the mesh does not know it.</summary>
    public Route? ServiceRoute(string service) => Endpoints.Find(service) is { } set ? new Route(set, TargetKind.MeshPeer) : null;
}
