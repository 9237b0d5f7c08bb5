namespace GatewayMesh.Registry.Kubernetes.Objects;

/// <summary>Callers for which an endpoint is meant (<c>trafficDistribution</c> of the Service).</summary>
public sealed record EndpointHints
{
    /// <summary>Zones of the callers. Default: none.</summary>
    public IReadOnlyList<HintedPlace> ForZones { get; init => field = value ?? []; } = [];

    /// <summary>Nodes of the callers. Default: none.</summary>
    public IReadOnlyList<HintedPlace> ForNodes { get; init => field = value ?? []; } = [];
}
