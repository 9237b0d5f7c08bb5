using System.Collections.Frozen;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.Routing.Matching;

namespace GatewayMesh.Proxy.Routing.Tree;

/// <summary>The ways of the services whose name does not lead straight to all of their own instances. Made once a snapshot.</summary>
internal sealed class RouteTable
{
    private readonly FrozenDictionary<string, LiveNode> _ways;
    private readonly SplitMix _random;
    private readonly TimeProvider _time;

    private RouteTable(FrozenDictionary<string, LiveNode> ways, SplitMix random, TimeProvider time)
    {
        _ways = ways;
        _random = random;
        _time = time;
    }

    /// <summary>Without any.</summary>
    public static RouteTable Empty { get; } = new(FrozenDictionary<string, LiveNode>.Empty, new SplitMix(0), TimeProvider.System);

    /// <summary>The ways of <paramref name="snapshot"/>.</summary>
    /// <param name="snapshot">The compiled configuration.</param>
    /// <param name="endpoints">Its instances, live.</param>
    /// <param name="random">Draws the lots at splitters.</param>
    /// <param name="time">By which an ejected instance is due for its trial.</param>
    public static RouteTable Of(MeshSnapshot snapshot, EndpointTable endpoints, SplitMix random, TimeProvider time)
    {
        var compiler = new RouteCompiler(endpoints);
        var ways = snapshot.Services.Values
            .Where(service => service.Routes is not null)
            .ToFrozenDictionary(service => service.Name, service => compiler.Compile(service.Routes!), StringComparer.OrdinalIgnoreCase);
        return ways.Count == 0 ? Empty : new RouteTable(ways, random, time);
    }

    /// <summary>The way of <paramref name="service"/>; null when it leads straight to its instances, or nobody knows it.</summary>
    public LiveNode? Find(string service) => _ways.Count == 0 ? null : _ways.GetValueOrDefault(service);

    /// <summary>A lot for one request.</summary>
    public SplitSample Draw() => new(_random.Next());

    /// <summary>Which of the targets of <paramref name="leaf"/> a request takes now.</summary>
    /// <param name="leaf">The end of its way.</param>
    /// <param name="mayAsk">The registry may be asked for what it does not look at.</param>
    public int Choose(LiveLeaf leaf, bool mayAsk) => leaf.Targets.Length == 1 ? 0 : leaf.Choose(_time.GetTimestamp(), mayAsk);

    /// <summary>From <paramref name="node"/> to its end: routers by what the request looks like, splitters by its lot. Null when a router has no rule for it.</summary>
    public static LiveLeaf? Walk(LiveNode node, in AskedRoute asked, SplitSample draw)
    {
        var depth = 0;
        for (LiveNode? at = node; at is not null;)
        {
            switch (at)
            {
                case LiveLeaf leaf:
                    return leaf;
                case LiveRouter router:
                    at = router.Next(asked);
                    break;
                case LiveSplitter splitter:
                    at = splitter.Next(draw, depth++);
                    break;
                default:
                    return null;
            }
        }

        return null;
    }
}
