using GatewayMesh.Configuration.Matching;
using GatewayMesh.Configuration.Policies.ExternalAuthorization;
using GatewayMesh.Proxy.Identity;
using GatewayMesh.Proxy.Listeners;
using GatewayMesh.Proxy.Messages;
using GatewayMesh.Proxy.Pipeline;
using GatewayMesh.Proxy.Resilience;
using GatewayMesh.Proxy.Routing;
using GatewayMesh.Proxy.Routing.Matching;
using GatewayMesh.Proxy.Routing.Tree;

namespace GatewayMesh.Proxy.ExternalAuthorization;

/// <summary>
/// A question as seen by routing and identity: a request of this node for the authorization service, with the identity of the listener that
/// the original request arrived at.
/// </summary>
internal sealed class QuestionRoute : IRoutedRequest, IIdentifiedRequest
{
    private static readonly AuthorizationQuestion Plain = new("GET", [], null);

    private readonly string _service;

    public QuestionRoute(Exchange exchange, AuthorizationQuestion question, ExternalAuthorizationModel model)
    {
        _service = model.Service;
        InboundConnection = exchange.InboundConnection;
        Behavior = exchange.Behavior;
        Head = exchange.Head;
        Mesh = exchange.Mesh;
        Target = new RequestTarget(model.Path, null);
        Facts = new QuestionFacts(question, model.Path);
        Caller = new Caller(
            exchange.Behavior.AtTheEdge ? exchange.Caller.Service : exchange.InboundConnection.Listener.Service ?? "", Verified: false);
        CallerNamespace = exchange.CallerNamespace;
        Hops = exchange.PeerHeaders.Hops + 1;
    }

    /// <inheritdoc/>
    public InboundConnection InboundConnection { get; }

    /// <inheritdoc/>
    public ListenerBehavior Behavior { get; }

    /// <inheritdoc/>
    public RequestHead Head { get; }

    /// <inheritdoc cref="IRoutedRequest.Mesh"/>
    public LiveMesh Mesh { get; private set; }

    /// <inheritdoc/>
    public string Host => _service;

    /// <inheritdoc/>
    public RequestTarget Target { get; }

    /// <inheritdoc cref="IRoutedRequest.PeerHeaders"/>
    public MeshHeaderValues PeerHeaders => MeshHeaderValues.None;

    /// <inheritdoc/>
    public IRequestFacts Facts { get; }

    /// <inheritdoc/>
    public string CallerNamespace { get; }

    /// <inheritdoc/>
    public bool HasWaited { get; private set; }

    /// <inheritdoc/>
    public string Asked { get; set; } = "";

    /// <inheritdoc/>
    public SplitSample? Draw { get; set; }

    /// <inheritdoc/>
    public Caller Caller { get; }

    /// <inheritdoc/>
    public Route Route { get; private set; }

    /// <summary>Number of proxies that the question has passed, this one included: a circle of questions ends.</summary>
    public int Hops { get; }

    /// <summary>Path of the question, as rewritten by a route.</summary>
    public string Path => Route.Leaf?.Rewrite?.Apply(Target.PathAndQuery) ?? Target.PathAndQuery;

    /// <summary>
    /// True if the fields or the method of the client's request led to these instances: a question without any would take another route.
    /// </summary>
    public bool IsChosenByClient => Mesh.Routes.Find(_service, CallerNamespace) is { } routes
        && RouteTable.Walk(
            routes,
            new AskedRoute(new QuestionFacts(Plain, Target.PathAndQuery), Target.PathAndQuery),
            Draw ?? default) != (LiveNode?)Route.Leaf;

    /// <summary>True if the configuration, and not the state of the service, leaves no instance to ask.</summary>
    public bool IsMisconfigured => Route is { Leaf.Redirect: not null } or { Answer: not null } or { Instances.IsRefused: true };

    /// <summary>Finds the instances of the authorization service; false if there are none.</summary>
    public bool TryFind()
    {
        var found = Mesh.RouteOf(_service, this);
        Route = found ?? default;
        return found is { Instances.All.IsEmpty: false, Answer: null, Leaf: null or { Redirect: null } };
    }

    /// <summary>Uses the mesh that is current after a wait for the registry.</summary>
    public void SwitchTo(LiveMesh mesh) => (Mesh, HasWaited) = (mesh, true);
}
