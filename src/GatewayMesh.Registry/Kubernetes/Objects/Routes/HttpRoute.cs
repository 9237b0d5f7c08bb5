namespace GatewayMesh.Registry.Kubernetes.Objects.Routes;

/// <summary>Routes of HTTP requests (Gateway API v1). A word that this version does not know is kept as written.</summary>
public sealed record HttpRoute : IKubernetesObject
{
    /// <summary>Kind of the object.</summary>
    public const string KindName = "HTTPRoute";

    /// <inheritdoc/>
    public string? ApiVersion { get; init; }

    /// <inheritdoc/>
    public string? Kind { get; init; }

    /// <inheritdoc/>
    public ObjectMeta Metadata { get; init => field = value ?? ObjectMeta.Empty; } = ObjectMeta.Empty;

    /// <summary>Specification.</summary>
    public HttpRouteSpec Spec { get; init => field = value ?? new(); } = new();
}
