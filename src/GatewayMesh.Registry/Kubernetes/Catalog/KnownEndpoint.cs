using System.Collections.Immutable;

namespace GatewayMesh.Registry.Kubernetes.Catalog;

/// <summary>The part of an endpoint that is kept. Endpoints without an address, and those that do not answer, are not kept.</summary>
/// <param name="Id">Name of the pod; the address where no pod is named.</param>
/// <param name="Address">IP address.</param>
/// <param name="IsReady">True if the endpoint is ready; false if it only still answers, while it is terminating.</param>
internal sealed record KnownEndpoint(string Id, string Address, bool IsReady)
{
    /// <summary>Id of the pod, which is the same in the slices of all address families; null if there is none. Default: null.</summary>
    public Guid? Pod { get; init; }

    /// <summary>Namespace of the pod; empty if no pod is named. Default: empty.</summary>
    public string PodNamespace { get; init; } = "";

    /// <summary>Host name of a pod of a StatefulSet; null if it has none. Default: null.</summary>
    public string? Hostname { get; init; }

    /// <summary>Node; null if unknown. Default: null.</summary>
    public string? Node { get; init; }

    /// <summary>Zone; null if unknown. Default: null.</summary>
    public string? Zone { get; init; }

    /// <summary>Zones of the callers for which the endpoint is meant. Default: none, all callers.</summary>
    public ImmutableArray<string> ForZones { get; init; } = [];

    /// <summary>Nodes of the callers for which the endpoint is meant. Default: none, all callers.</summary>
    public ImmutableArray<string> ForNodes { get; init; } = [];
}
