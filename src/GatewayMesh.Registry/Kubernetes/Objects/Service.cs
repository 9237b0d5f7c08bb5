namespace GatewayMesh.Registry.Kubernetes.Objects;

/// <summary>A Service: the frontend of a set of pods.</summary>
public sealed record Service : IKubernetesObject
{
    /// <inheritdoc/>
    public string? ApiVersion { get; init; }

    /// <inheritdoc/>
    public string? Kind { get; init; }

    /// <inheritdoc/>
    public ObjectMeta Metadata { get; init => field = value ?? ObjectMeta.Empty; } = ObjectMeta.Empty;

    /// <summary>The frontend.</summary>
    public ServiceSpec Spec { get; init => field = value ?? new ServiceSpec(); } = new();
}
