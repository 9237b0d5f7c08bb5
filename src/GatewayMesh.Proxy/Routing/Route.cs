using GatewayMesh.Configuration.Headers;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.Routing.Tree;

namespace GatewayMesh.Proxy.Routing;

/// <summary>Route of a request: a service's instances and their kind.</summary>
/// <param name="Instances">Instances with their live state.</param>
/// <param name="Kind">Kind of the instances: mesh peers or an application.</param>
internal readonly record struct Route(EndpointSet Instances, TargetKind Kind)
{
    /// <summary>Leaf that the route ends in; null if the name leads directly to all instances.</summary>
    public LiveLeaf? Leaf { get; init; }

    /// <summary>Error that the mesh answers with in place of instances; null for none.</summary>
    public LiveAnswer? Answer { get; init; }

    /// <summary>Rule or resolver at the end of the route, for logs; null if the name leads directly to all instances.</summary>
    public string? Rule => Leaf?.Rule ?? Answer?.Rule;

    /// <summary>Index among the targets of <see cref="Leaf"/>: 0 for the target itself, 1 and more for failover targets.</summary>
    public int Rank { get; init; }

    /// <summary>True if <see cref="Leaf"/> has a failover target after <see cref="Rank"/>.</summary>
    public bool HasFurtherTarget => Leaf is { } leaf && Rank + 1 < leaf.Targets.Length;

    /// <summary>Instances of the requested service; null if they are the same.</summary>
    public EndpointSet? Asked { get; init; }

    /// <summary>Changes to header fields by the ingress that exposes the service; null for none.</summary>
    public FieldEdits? EdgeEdits { get; init; }

    /// <summary>Policy in place of the instances' own, because a feature flag is on; null for none.</summary>
    public PolicyModel? Flagged { get; init; }

    /// <summary>Policy of calls: the service's policy with the overrides of the route, and of a feature flag.</summary>
    public PolicyModel Policy => Leaf is not null ? Leaf.Targets[Rank].Policy : Flagged ?? Instances.Policy;

    /// <summary>Marks both services as used for the registry: the destination, and the requested service whose entries lead here.</summary>
    public void MarkUsed()
    {
        Instances.MarkUsed();
        Asked?.MarkUsed();
    }

    /// <summary>True if the applications speak HTTP/2.</summary>
    public bool SpeaksHttp2 => Instances.SpeaksHttp2;
}
