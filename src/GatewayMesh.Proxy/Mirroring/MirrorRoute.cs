using GatewayMesh.Configuration.Matching;
using GatewayMesh.Configuration.Policies.Mirror;
using GatewayMesh.Proxy.Identity;
using GatewayMesh.Proxy.Listeners;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.Messages;
using GatewayMesh.Proxy.Pipeline;
using GatewayMesh.Proxy.Resilience;
using GatewayMesh.Proxy.Routing;
using GatewayMesh.Proxy.Routing.Tree;

namespace GatewayMesh.Proxy.Mirroring;

/// <summary>A request as seen by routing and identity on the way of its copy. What they find is no fact of the original.</summary>
internal sealed class MirrorRoute(Exchange exchange) : IRoutedRequest, IIdentifiedRequest
{
    /// <inheritdoc/>
    public InboundConnection InboundConnection => exchange.InboundConnection;

    /// <inheritdoc/>
    public LiveMesh Mesh => exchange.Mesh;

    /// <inheritdoc/>
    public string Host => exchange.Host;

    /// <inheritdoc/>
    public RequestTarget Target => exchange.Target;

    /// <inheritdoc/>
    public MeshHeaderValues PeerHeaders => exchange.PeerHeaders;

    /// <inheritdoc/>
    public IRequestFacts Facts => exchange.Permissions;

    /// <inheritdoc/>
    public string CallerNamespace => exchange.CallerNamespace;

    /// <inheritdoc/>
    public bool HasWaited => false;

    /// <inheritdoc/>
    public string Asked { get; set; } = "";

    /// <inheritdoc/>
    public SplitSample? Draw { get; set; } = exchange.Draw;

    /// <inheritdoc/>
    public ListenerBehavior Behavior => exchange.Behavior;

    /// <inheritdoc/>
    public RequestHead Head => exchange.Head;

    /// <inheritdoc/>
    public Caller Caller => exchange.Caller;

    /// <inheritdoc/>
    public Route Route { get; private set; }

    /// <summary>Finds the instances of the copy; false if there are none.</summary>
    public bool TryFind(MirrorModel model)
    {
        var found = model.Subset is { } subset ? Direct(Mesh.SubsetOf(model.Service!, subset))
            : model.IsDirect ? Direct(Mesh.Endpoints.Find(model.Service!))
            : Mesh.RouteOf(model.Service!, this);
        Route = found ?? default;
        return found is { Instances.All.IsEmpty: false, Answer: null };
    }

    private static Route? Direct(EndpointSet? instances) => instances is null ? null : new Route(instances, TargetKind.MeshPeer);
}
