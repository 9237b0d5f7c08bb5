namespace GatewayMesh.Registry.Kubernetes.Objects.Routes;

/// <summary>Timeouts of a rule, such as <c>500ms</c>; <c>0s</c> is none.</summary>
public sealed record HttpRouteTimeouts
{
    /// <summary>Timeout of a request including all attempts; null: not set.</summary>
    public string? Request { get; init; }

    /// <summary>Timeout of each attempt; null: not set.</summary>
    public string? BackendRequest { get; init; }
}
