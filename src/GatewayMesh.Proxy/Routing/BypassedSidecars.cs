using System.Runtime.CompilerServices;
using GatewayMesh.Configuration.Policies.SidecarBypass;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.Pipeline;

namespace GatewayMesh.Proxy.Routing;

/// <summary>
/// The way past the sidecars of a callee that are all broken (<c>sidecarBypass: gateway</c>): a gateway dials the applications themselves. Only where the
/// service wants it, and only instances whose application others can reach; the gateway has asked the intentions before.
/// </summary>
internal sealed class BypassedSidecars(TimeProvider time)
{
    private readonly ConditionalWeakTable<EndpointSet, EndpointSet> _sets = [];
    private readonly ConditionalWeakTable<EndpointState, EndpointState> _applications = [];

    /// <summary>Whether a call that met <paramref name="error"/> at every instance can be helped by going past their sidecars: those could not be reached, or broke off.</summary>
    public static bool IsWorthATry(Exchange exchange, in MeshError error) =>
        exchange.Route.Policy.SidecarBypass == SidecarBypassMode.Gateway
        && !exchange.Dropped && exchange.CanGoElsewhere && !exchange.Deadline.IsOver
        && (error.Kind == MeshErrorKind.ConnectionReset || EndpointEvidence.OfAttempt(error) == EndpointOutcome.ConnectFailed);

    /// <summary>Whether every instance that the registry calls well is ejected or known to fail: then the way past is the first, and costs no failed try.</summary>
    public bool IsFirst(Exchange exchange) =>
        exchange.Route.Policy.SidecarBypass == SidecarBypassMode.Gateway && exchange.Route.Kind == TargetKind.MeshPeer && !exchange.Route.Instances.IsReachable(time.GetTimestamp());

    /// <summary>The applications behind <paramref name="instances"/>; null when none of them can be reached.</summary>
    public EndpointSet? Behind(EndpointSet instances) =>
        _sets.GetValue(instances, Build) is { All.IsEmpty: false } applications ? applications : null;

    // The live side of an application hangs on that of its sidecar, so it lives as long.
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
