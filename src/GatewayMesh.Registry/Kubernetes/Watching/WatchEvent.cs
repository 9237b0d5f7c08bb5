using GatewayMesh.Registry.Kubernetes.Objects;

namespace GatewayMesh.Registry.Kubernetes.Watching;

/// <summary>One line of a watch.</summary>
/// <param name="Kind">Type of the line.</param>
/// <param name="Value">The object of a change; null if it could not be read, and for other lines.</param>
/// <param name="Metadata">Metadata of the object or the bookmark.</param>
/// <param name="Problem">The reason why the object could not be read; null if it was.</param>
/// <param name="Status">The error of an error line.</param>
internal readonly record struct WatchEvent<T>(WatchEventKind Kind, T? Value, ObjectMeta Metadata, string? Problem, Status? Status)
    where T : class, IKubernetesObject
{
    private const string EndsStartKey = "k8s.io/initial-events-end";

    /// <summary>True for the bookmark after which the initial events are complete.</summary>
    public bool EndsStart => Kind == WatchEventKind.Bookmark && Metadata.Annotations.TryGetValue(EndsStartKey, out var value) && value == "true";
}
