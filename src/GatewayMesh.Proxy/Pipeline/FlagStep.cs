using System.Collections.Immutable;
using GatewayMesh.Configuration.Policies.Flags;
using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.FeatureFlags;
using GatewayMesh.Proxy.Resilience;
using GatewayMesh.Proxy.Routing.Tree;
using GatewayMesh.Proxy.Telemetry;

namespace GatewayMesh.Proxy.Pipeline;

/// <summary>
/// Changes the route by the first feature flag of the policy that is on for the request. The first proxy of a request decides, once; the
/// proxies after it take over its decision (<see cref="MeshHeaders.Flag"/>), so that all of them and all attempts agree. Runs after the
/// token is verified, because a claim may name the user.
/// </summary>
/// <param name="metrics">Counts decisions.</param>
internal sealed class FlagStep(MeshMetrics metrics) : IStep
{
    /// <inheritdoc/>
    public Verdict Take(Exchange exchange)
    {
        var route = exchange.Route;
        var uses = route.Leaf is { } leaf ? leaf.Uses : route.Instances.Policy.Flags;
        return uses.IsEmpty || exchange.Behavior.ForwardsLivePath ? Verdict.Next : Choose(exchange, uses);
    }

    private Verdict Choose(Exchange exchange, ImmutableArray<FlagUse> uses)
    {
        if (exchange.Route.Leaf is { } leaf && exchange.Route.Instances.Service != leaf.Targets[0].Instances.Service)
        {
            return Verdict.Next; // a failover target is another service, with another policy
        }

        var carried = exchange.Behavior.FromMeshPeer ? exchange.Head.Fields[MeshHeaders.Flag] : default;
        if (carried is not ([] or [MeshHeaderValues.NoFlag or { Length: > 0 and <= 128 }]))
        {
            return Verdict.Fail(MeshErrorKind.RequestMalformed, "mesh header");
        }

        var index = carried is [{ } name] ? Carried(uses, name) : Evaluated(exchange, uses);
        exchange.Flag = index < 0 ? MeshHeaderValues.NoFlag : uses[index].Flag;
        return index < 0 ? Verdict.Next : Apply(exchange, uses[index], index);
    }

    private int Carried(ImmutableArray<FlagUse> uses, string name)
    {
        for (var i = 0; i < uses.Length; i++)
        {
            if (uses[i].Flag.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                metrics.CountFlag(uses[i].Flag, new FlagDecision(true, FlagReason.Carried));
                return i;
            }
        }

        return -1;
    }

    private int Evaluated(Exchange exchange, ImmutableArray<FlagUse> uses)
    {
        var flags = exchange.Mesh.Flags;
        for (var i = 0; i < uses.Length; i++)
        {
            var flag = flags.Find(uses[i].Flag);
            var decision = flags.Decide(
                flag, flag is { NeedsSubject: true } ? RequestSubject.Of(exchange, flag.Entry) : FlagSubject.Nobody);
            metrics.CountFlag(uses[i].Flag, decision);
            if (decision.IsOn)
            {
                return i;
            }
        }

        return -1;
    }

    private static Verdict Apply(Exchange exchange, FlagUse use, int index)
    {
        var route = exchange.Route;
        if (route.Leaf is null)
        {
            exchange.Route = route with { Flagged = route.Instances.Policy.WithFlag(index) };
            return Verdict.Next;
        }

        var leaf = route.Leaf.Flagged[index];
        var rank = use.Subset is null ? route.Rank : RankOf(exchange, leaf);
        var instances = leaf.Targets[rank].Instances;
        exchange.Route = route with { Instances = instances, Leaf = leaf, Rank = rank };
        exchange.Route.MarkUsed();
        return !instances.All.IsEmpty ? Verdict.Next
            : Verdict.Fail(instances.IsRefused ? MeshErrorKind.AddressRefused : MeshErrorKind.NoEndpoint);
    }

    // The request can no longer wait for the registry, so a target that is not watched is passed over. The registry watches it from now on.
    private static int RankOf(Exchange exchange, LiveLeaf leaf)
    {
        var rank = exchange.Mesh.Routes.Choose(leaf, mayAsk: false);
        var isServed = !leaf.Targets[rank].Instances.All.IsEmpty;
        for (var i = 0; i < (isServed ? rank : leaf.Targets.Length); i++)
        {
            if (leaf.Targets[i].Instances is { IsDormant: true } passed)
            {
                passed.MarkUsed();
            }
        }

        return rank;
    }
}
