using GatewayMesh.Configuration.Policies;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.Routing.Tree;

namespace GatewayMesh.Proxy.Routing;

/// <summary>Where a request goes: a service's instances, and who is on their other end.</summary>
/// <param name="Instances">The instances with their live state.</param>
/// <param name="Kind">Whether they are mesh peers or an application.</param>
internal readonly record struct Route(EndpointSet Instances, TargetKind Kind)
{
    /// <summary>The end of the way that leads there; null when the name leads straight to all instances.</summary>
    public LiveLeaf? Leaf { get; init; }

    /// <summary>Which of the targets of <see cref="Leaf"/>: 0 for the target itself, 1 and more for those of failover.</summary>
    public int Rank { get; init; }

    /// <summary>The instances of the service that was asked for; null where they are the same.</summary>
    public EndpointSet? Asked { get; init; }

    /// <summary>How calls are made: the policy of the service, under what the way says.</summary>
    public PolicyModel Policy => Leaf is null ? Instances.Policy : Leaf.Targets[Rank].Policy;

    /// <summary>Tells the registry, in time, that both are in use: the one whose entries lead here too.</summary>
    public void MarkUsed()
    {
        Instances.MarkUsed();
        Asked?.MarkUsed();
    }

    /// <summary>The applications speak HTTP/2.</summary>
    public bool SpeaksHttp2 => Instances.SpeaksHttp2;
}
