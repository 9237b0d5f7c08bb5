using System.Runtime.CompilerServices;
using GatewayMesh.Configuration.Policies.SidecarBypass;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.Pipeline;
using GatewayMesh.Proxy.Routing;

namespace GatewayMesh.Proxy.Attempts;

/// <summary>
/// Bypass of a callee's sidecars if all of them are broken (<c>sidecarBypass: gateway</c>): a gateway dials the applications directly.
/// Applies only if the service enables it, and only to instances whose application is reachable from other hosts; the gateway has evaluated
/// the intentions before.
/// </summary>
internal sealed class BypassedSidecars(TimeProvider time)
{
    private readonly ConditionalWeakTable<EndpointSet, EndpointSet> _sets = [];
    private readonly ConditionalWeakTable<EndpointState, EndpointState> _applications = [];

    /// <summary>
    /// True if a bypass may help a call that failed with <paramref name="error"/> at every instance: the sidecars were unreachable or broke
    /// off.
    /// </summary>
    public static bool IsWorthATry(Exchange exchange, in MeshError error) =>
        exchange.Route.Policy.SidecarBypass == SidecarBypassMode.Gateway
        && exchange.KeyOwner is null
        && !exchange.Attempt.IsDropped && exchange.CanGoElsewhere && !exchange.Deadline.IsOver
        && (error.Kind == MeshErrorKind.ConnectionReset || EndpointEvidence.OfAttempt(error) == EndpointOutcome.ConnectFailed);

    /// <summary>
    /// True if every instance that is healthy in the registry is ejected or known to fail: the bypass then comes first and costs no failed
    /// attempt.
    /// </summary>
    public bool IsFirst(Exchange exchange) =>
        exchange.Route.Policy.SidecarBypass == SidecarBypassMode.Gateway
            && exchange.Route.Kind == TargetKind.MeshPeer
            && exchange.KeyOwner is null
            && !exchange.Route.Instances.IsReachable(time.GetTimestamp());

    /// <summary>Returns the applications behind <paramref name="instances"/>; null if none is reachable.</summary>
    public EndpointSet? Behind(EndpointSet instances) =>
        _sets.GetValue(instances, Build) is { All.IsEmpty: false } applications ? applications : null;

    // The state of an application is keyed by its sidecar's state, so both live equally long.
    private EndpointSet Build(EndpointSet instances) => new(
        instances.Service,
        instances.Policy,
        [.. instances.All.Where(state => state.Model.Application is not null).Select(state => StateOf(state, instances))],
        instances.Protocol);

    private EndpointState StateOf(EndpointState sidecar, EndpointSet instances)
    {
        var model = sidecar.Model with { Address = sidecar.Model.Application!, Healthy = true };
        var state = _applications.GetValue(sidecar, _ => new EndpointState(model, instances.Policy, time));
        state.Declare(model, instances.Policy);
        return state;
    }
}
