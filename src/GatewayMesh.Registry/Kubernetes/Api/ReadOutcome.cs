using GatewayMesh.Registry.Kubernetes.Objects;

namespace GatewayMesh.Registry.Kubernetes.Api;

/// <summary>An object of a list or a watch.</summary>
/// <param name="Value">The object; null if it could not be read.</param>
/// <param name="Metadata">Its metadata.</param>
/// <param name="Problem">The reason why it could not be read; null if it was.</param>
internal readonly record struct ReadOutcome<T>(T? Value, ObjectMeta Metadata, string? Problem)
    where T : class, IKubernetesObject;
