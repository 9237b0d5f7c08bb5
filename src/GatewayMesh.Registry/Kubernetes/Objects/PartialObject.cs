namespace GatewayMesh.Registry.Kubernetes.Objects;

/// <summary>An object of any kind, reduced to its metadata (<c>PartialObjectMetadata</c>).</summary>
public sealed record PartialObject : IKubernetesObject
{
    /// <inheritdoc/>
    public string? ApiVersion { get; init; }

    /// <inheritdoc/>
    public string? Kind { get; init; }

    /// <inheritdoc/>
    public ObjectMeta Metadata { get; init => field = value ?? ObjectMeta.Empty; } = ObjectMeta.Empty;
}
