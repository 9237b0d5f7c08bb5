namespace GatewayMesh.Registry.Kubernetes.Objects.Routes;

/// <summary>Permission for references into the namespace of this object (Gateway API v1).</summary>
public sealed record ReferenceGrant : IKubernetesObject
{
    /// <inheritdoc/>
    public string? ApiVersion { get; init; }

    /// <inheritdoc/>
    public string? Kind { get; init; }

    /// <inheritdoc/>
    public ObjectMeta Metadata { get; init => field = value ?? ObjectMeta.Empty; } = ObjectMeta.Empty;

    /// <summary>Specification.</summary>
    public ReferenceGrantSpec Spec { get; init => field = value ?? new(); } = new();
}
