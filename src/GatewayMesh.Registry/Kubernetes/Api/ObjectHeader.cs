using GatewayMesh.Registry.Kubernetes.Objects;

namespace GatewayMesh.Registry.Kubernetes.Api;

/// <summary>The metadata of an object of which nothing else can be read.</summary>
internal sealed record ObjectHeader
{
    /// <summary>Metadata.</summary>
    public ObjectMeta Metadata { get; init => field = value ?? ObjectMeta.Empty; } = ObjectMeta.Empty;
}
