namespace GatewayMesh.Registry.Kubernetes.Objects;

/// <summary>Conditions of an endpoint. An absent condition differs from a false one.</summary>
public sealed record EndpointConditions
{
    /// <summary>True if the endpoint is ready and not terminating. Absent counts as true.</summary>
    public bool? Ready { get; init; }

    /// <summary>True if the endpoint answers, also while it is terminating. Absent: as <see cref="Ready"/>.</summary>
    public bool? Serving { get; init; }

    /// <summary>True if the endpoint is about to end. Absent counts as false.</summary>
    public bool? Terminating { get; init; }
}
