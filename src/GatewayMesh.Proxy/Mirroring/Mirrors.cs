using GatewayMesh.Configuration.Policies.Mirror;
using GatewayMesh.Proxy.Forwarding;
using GatewayMesh.Proxy.Identity;
using GatewayMesh.Proxy.Limits;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.Pipeline;
using GatewayMesh.Proxy.Routing;
using GatewayMesh.Proxy.Telemetry;
using GatewayMesh.Proxy.Upstreams;

namespace GatewayMesh.Proxy.Mirroring;

/// <summary>
/// Makes copies of requests:
/// <code>
/// share ─► permit (maxConcurrent) ─► instance ─► may the caller? ─► head, with gatewaymesh-mirror: 1
///                                                                     ├ no body: sent at once
///                                                                     └ body: kept while the original reads it (MirrorBody), then sent
/// </code>
/// Only the head is written on the thread of the request. Every other step is one of the thread pool.
/// </summary>
internal sealed class Mirrors(
    DataPlaneOptions options,
    EndpointPicker picker,
    UpstreamPools upstreams,
    ICallerIdentity identity,
    ServiceDemand? demand,
    SplitMix random,
    MeshMetrics metrics)
{
    /// <summary>Makes a copy of the request if its share says so. The body of the request is read from here on.</summary>
    public void Copy(Exchange exchange, MirrorModel model)
    {
        // A copy has no copy, and neither do the calls that an application makes for one, if it passes the field on.
        if (exchange.PeerHeaders.IsMirror
            || (model.Share < 1 && random.NextDouble() >= model.Share)
            || exchange.Mesh.Limits.Find(exchange.Destination) is not { } limits)
        {
            return;
        }

        var refusal = exchange.IsUpgrade || exchange.Target.IsAsterisk ? MirrorOutcome.Unsuitable
            : exchange.Head.ContentLength > model.MaxBodySize ? MirrorOutcome.TooLarge
            : limits.TryBeginMirror(model.MaxConcurrent) ? MirrorOutcome.Answered
            : MirrorOutcome.Limited;
        if (refusal == MirrorOutcome.Answered)
        {
            refusal = TryBegin(exchange, model, limits);
            if (refusal == MirrorOutcome.Answered)
            {
                return;
            }

            limits.EndMirror();
        }

        metrics.CountMirror(limits.Service, MirrorCopy.WordOf(refusal));
    }

    // Answered if a copy was made.
    private MirrorOutcome TryBegin(Exchange exchange, MirrorModel model, ServiceLimits limits)
    {
        var route = new MirrorRoute(exchange);
        if (!route.TryFind(model))
        {
            return MirrorOutcome.NoInstance;
        }

        var instances = route.Route.Instances;
        route.Route.MarkUsed();
        if (instances.IsDormant)
        {
            _ = demand?.WaitAsync(instances, route.Asked); // for later copies
            return MirrorOutcome.NoInstance;
        }

        if (options.EnforcesIntentions
            && !exchange.Mesh.Snapshot.Intentions.Decide(exchange.Caller.Service, instances.Service, exchange.Permissions).Allowed)
        {
            return MirrorOutcome.Denied;
        }

        var tried = default(TriedEndpoints);
        if (!picker.TryPick(instances, HashedRequest.Of(exchange, instances.Policy.LoadBalancing, random: null), ref tried, out var lease))
        {
            return MirrorOutcome.NoInstance;
        }

        var hop = HopTo(exchange, route, lease);
        if (MirrorCopy.TryCreate(exchange, hop, model, route.Route.Policy.Timeouts, limits, metrics) is not { } copy)
        {
            lease.End(EndpointOutcome.Cancelled);
            hop.Upstream.Release();
            return MirrorOutcome.Unsuitable;
        }

        if (exchange.Head.HasBody)
        {
            var body = new MirrorBody(exchange.Body, exchange.Head.ContentLength, model.MaxBodySize, copy);
            (exchange.Body, exchange.Mirror) = (body, body);
        }
        else
        {
            copy.Send();
        }

        return MirrorOutcome.Answered;
    }

    private Hop HopTo(Exchange exchange, MirrorRoute route, in EndpointLease lease)
    {
        var kind = lease.Endpoint.IsBare ? TargetKind.BareInstance : TargetKind.MeshPeer;
        var isHttp2 = route.Route.SpeaksHttp2
            || (exchange.InboundConnection.IsHttp2 && (kind == TargetKind.MeshPeer || exchange.IsGrpc));
        var upstream = upstreams.Rent(new UpstreamKey(
            identity.OwnNameFor(route),
            lease.Endpoint.Address,
            kind,
            isHttp2 ? WireProtocol.Http2 : WireProtocol.Http1,
            !isHttp2 && exchange.Head.HasBody,
            identity.PeerOf(route, kind, isGateway: false)) { Datacenter = lease.Endpoint.Datacenter });
        return new Hop(lease, kind, upstream, Destination: null, identity.SourceFor(route));
    }
}
