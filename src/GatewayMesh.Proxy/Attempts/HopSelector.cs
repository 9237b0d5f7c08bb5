using GatewayMesh.Proxy.Authorization;
using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Forwarding;
using GatewayMesh.Proxy.Identity;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.Pipeline;
using GatewayMesh.Proxy.Routing;
using GatewayMesh.Proxy.Upstreams;

namespace GatewayMesh.Proxy.Attempts;

/// <summary>Selects the instance of an attempt and prepares the hop to it: protocol, identity, and connections.</summary>
/// <param name="options">Options of the data plane.</param>
/// <param name="picker">Load balancing.</param>
/// <param name="upstreams">Connections to instances.</param>
/// <param name="identity">Identity shown to the next hop.</param>
/// <param name="random">Source of the values of cookies.</param>
internal sealed class HopSelector(
    DataPlaneOptions options, EndpointPicker picker, UpstreamPools upstreams, ICallerIdentity identity, SplitMix random)
{
    /// <summary>
    /// Selects an instance that the request has not tried, and counts it as tried. Returns false if the caller must not reach the selected
    /// instance; nothing was forwarded.
    /// </summary>
    /// <param name="exchange">The request.</param>
    /// <param name="instances">Instances to choose from.</param>
    /// <param name="target">Kind of the instances.</param>
    /// <param name="hop">The hop. Its lease and connections are held until the attempt ends.</param>
    /// <param name="denied">Reason for false.</param>
    public bool TrySelect(Exchange exchange, EndpointSet instances, TargetKind target, out Hop hop, out MeshError denied)
    {
        EndpointLease lease;
        if (exchange.KeyOwner is { } owner)
        {
            lease = owner.Begin();
            exchange.Tried.Add(owner);
        }
        else
        {
            picker.TryPick(
                instances,
                // The caller's side has chosen the instance and made its cookie; a second one would replace it at the client.
                HashedRequest.Of(
                    exchange,
                    instances.Policy.LoadBalancing,
                    exchange.Route.Kind == TargetKind.Application ? null : random),
                ref exchange.Tried,
                out lease);
        }

        exchange.Untried = instances.All.Length - exchange.Tried.CountHere;
        denied = DenialOf(exchange, lease.Endpoint);
        if (denied.IsError)
        {
            lease.End(EndpointOutcome.Cancelled);
            hop = default;
            return false;
        }

        var kind = target == TargetKind.MeshPeer && lease.Endpoint.IsBare ? TargetKind.BareInstance : target;
        hop = HopTo(exchange, lease, kind, destination: null, bypass: false);
        return true;
    }

    /// <summary>Selects a gateway that carries the request. A gateway does not count as a tried instance.</summary>
    /// <param name="exchange">The request.</param>
    /// <param name="gateways">Gateways to choose from.</param>
    /// <param name="bypass">True asks the gateway to go past the callee's sidecars.</param>
    public Hop SelectGateway(Exchange exchange, EndpointSet gateways, bool bypass)
    {
        var tried = default(TriedEndpoints);
        picker.TryPick(gateways, ref tried, out var lease);
        return HopTo(exchange, lease, TargetKind.MeshPeer, exchange.Asked, bypass);
    }

    private MeshError DenialOf(Exchange exchange, Configuration.Snapshot.EndpointModel endpoint)
    {
        if (!BareCallee.MayCall(options.EnforcesIntentions, exchange, endpoint))
        {
            return new MeshError(MeshErrorKind.IntentionDenied, Forwarded: false);
        }

        return ForeignCallee.MaySee(options.GatewayService, exchange, endpoint)
            ? MeshError.None
            : new MeshError(
                MeshErrorKind.IntentionDenied,
                Forwarded: false,
                $"the callee's proxy is not part of this mesh and would see {options.GatewayService} as the caller, which intentions "
                    + $"do not allow");
    }

    private Hop HopTo(Exchange exchange, EndpointLease lease, TargetKind kind, string? destination, bool bypass)
    {
        var protocol = HopProtocol.Of(exchange, kind);
        var upstream = upstreams.Rent(new UpstreamKey(
            identity.OwnNameFor(exchange),
            lease.Endpoint.Address,
            kind,
            protocol,
            protocol == WireProtocol.Http1 && exchange.SendsAStream,
            identity.PeerOf(exchange, kind, destination is not null))
            {
                Datacenter = lease.Endpoint.Datacenter,
                IsOwn = exchange.Route.Kind == TargetKind.Application,
            });
        return new Hop(lease, kind, upstream, destination, identity.SourceFor(exchange)) { Bypass = bypass };
    }
}
