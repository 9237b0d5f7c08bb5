using System.Collections.Immutable;
using GatewayMesh.Registry.Kubernetes.Objects;

namespace GatewayMesh.Registry.Kubernetes.Watching;

/// <summary>State of a watch, for troubles and <c>/status</c>.</summary>
/// <param name="State">The state.</param>
/// <param name="Trouble">The problem and its fix, one line; null if there is none.</param>
public sealed record WatchReport(WatchState State, string? Trouble)
{
    /// <summary>True if a complete set has arrived since the start. Default: false.</summary>
    public bool HasSet { get; init; }

    /// <summary>
    /// Objects that could not be read, each with the reason; the last readable version stays in use. At most 100. Default: none.
    /// </summary>
    public ImmutableDictionary<ObjectKey, string> Unreadable { get; init; } = ImmutableDictionary<ObjectKey, string>.Empty;
}
