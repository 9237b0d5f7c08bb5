using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Proxy.Admission;
using GatewayMesh.Proxy.Telemetry;

namespace GatewayMesh.Proxy.Routing;

/// <summary>Behaviors by kind of listener.</summary>
internal sealed class ListenerBehaviors(DataPlaneOptions options, GatewayAdmission admission, ToApplication application)
{
    private readonly ListenerBehavior _outbound = new()
    {
        Pseudonym = NameOf(options),
        Direction = RequestDirection.Outbound,
        Resolver = new ByHost(),
        FromApplication = true,
        LimitsCalls = true,
        GatewayShare = options.GatewayShare,
    };
    private readonly ListenerBehavior _upstream = new()
    {
        Pseudonym = NameOf(options),
        Direction = RequestDirection.Outbound,
        Resolver = new ByListener(),
        FromApplication = true,
        LimitsCalls = true,
        GatewayShare = options.GatewayShare,
    };
    private readonly ListenerBehavior _inbound = new()
    {
        Pseudonym = NameOf(options),
        Direction = RequestDirection.Inbound,
        Resolver = application,
        FromMeshPeer = true,
        Authorizes = true,
        LimitsWork = true,
        KeepsKeys = true,
        LimitsRates = true,
    };
    private readonly ListenerBehavior _mesh = new()
    {
        Pseudonym = NameOf(options),
        Direction = RequestDirection.Gateway,
        Resolver = new ByDestinationHeader(),
        FromMeshPeer = true,
        Admission = admission,
        Authorizes = true,
        LimitsCalls = true,
        LimitsRates = true,
    };
    private readonly ListenerBehavior _tunnel = new()
    {
        Pseudonym = NameOf(options),
        Direction = RequestDirection.Gateway,
        Resolver = new ByHello(),
        FromApplication = true,
        Admission = admission,
        Authorizes = true,
        LimitsCalls = true,
        LimitsRates = true,
    };
    private readonly ListenerBehavior _ingress = new()
    {
        Pseudonym = options.Pseudonym,
        Direction = RequestDirection.Ingress,
        Resolver = new ByPublicHost(options.IngressService),
        AtTheEdge = true,
        LimitsCalls = true,
        LimitsRates = true,
    };
    private readonly ListenerBehavior _probe = new()
    {
        Pseudonym = NameOf(options),
        Direction = RequestDirection.Probe,
        Resolver = application,
        ForwardsLivePath = true,
    };

    /// <summary>Returns the behavior of a kind.</summary>
    public ListenerBehavior Of(ListenerKind kind) => kind switch
    {
        ListenerKind.Outbound => _outbound,
        ListenerKind.Upstream => _upstream,
        ListenerKind.Inbound => _inbound,
        ListenerKind.Mesh => _mesh,
        ListenerKind.Tunnel => _tunnel,
        ListenerKind.Ingress => _ingress,
        _ => _probe,
    };

    private static string NameOf(DataPlaneOptions options) => $"{options.Node}-{options.RoleName}";
}
