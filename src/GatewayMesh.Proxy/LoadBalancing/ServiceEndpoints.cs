using GatewayMesh.Configuration.Snapshot;

namespace GatewayMesh.Proxy.LoadBalancing;

/// <summary>
/// Instances of one service in one table. Their live state is created at the service's first request: a process calls few of the services
/// of a large mesh.
/// </summary>
/// <param name="model">The service as declared.</param>
/// <param name="registry">Creates the live state.</param>
internal sealed class ServiceEndpoints(ServiceModel model, EndpointRegistry registry)
{
    private EndpointSet? _live;

    /// <summary>The service as declared.</summary>
    public ServiceModel Model => model;

    /// <summary>Live instances; null before the first request.</summary>
    public EndpointSet? Live
    {
        get => Volatile.Read(ref _live);
        set => Volatile.Write(ref _live, value);
    }

    /// <summary>Live instances, created if this is the first request.</summary>
    public EndpointSet Set => Live ?? registry.Create(this);
}
