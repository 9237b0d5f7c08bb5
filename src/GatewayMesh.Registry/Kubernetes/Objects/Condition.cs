using System.Text.Json.Serialization;

namespace GatewayMesh.Registry.Kubernetes.Objects;

/// <summary>One aspect of an object's state, reported by a controller.</summary>
public sealed record Condition
{
    /// <summary>Aspect, such as <c>Accepted</c>. Unique within the list.</summary>
    public string Type { get; init => field = value ?? ""; } = "";

    /// <summary><c>True</c>, <c>False</c>, or <c>Unknown</c>.</summary>
    public string Status { get; init => field = value ?? ""; } = "";

    /// <summary>Reason in one word. Must not be empty when written.</summary>
    public string Reason { get; init => field = value ?? ""; } = "";

    /// <summary>Description for people. Default: empty.</summary>
    public string Message { get; init => field = value ?? ""; } = "";

    /// <summary>
    /// Time at which <see cref="Status"/> changed last. Must be kept while it does not change, since otherwise each apply is a write.
    /// </summary>
    [JsonConverter(typeof(KubernetesTimeConverter))]
    public DateTimeOffset LastTransitionTime { get; init; }

    /// <summary>Generation of the object that the condition describes. Default: null, unknown.</summary>
    public long? ObservedGeneration { get; init; }
}
