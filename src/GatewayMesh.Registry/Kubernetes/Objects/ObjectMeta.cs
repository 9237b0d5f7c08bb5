using System.Text.Json.Serialization;

namespace GatewayMesh.Registry.Kubernetes.Objects;

/// <summary>
/// Metadata that every kind has. Unknown fields, such as <c>managedFields</c>, are ignored; empty fields are not written.
/// </summary>
[JsonConverter(typeof(ObjectMetaConverter))]
public sealed record ObjectMeta
{
    private static readonly IReadOnlyDictionary<string, string> NoPairs = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Metadata without any field.</summary>
    public static ObjectMeta Empty { get; } = new();

    /// <summary>Name, unique within kind and namespace. Default: empty.</summary>
    public string Name { get; init; } = "";

    /// <summary>Prefix of a name that the server completes. Default: empty.</summary>
    public string GenerateName { get; init; } = "";

    /// <summary>Namespace. Default: empty, for an object of the whole cluster.</summary>
    public string Namespace { get; init; } = "";

    /// <summary>Id of this object, never used again for an object of the same name. Default: empty.</summary>
    public string Uid { get; init; } = "";

    /// <summary>
    /// Version of the object in the store of the cluster. A write with a version succeeds only while that version is the newest. Default:
    /// empty.
    /// </summary>
    public string ResourceVersion { get; init; } = "";

    /// <summary>Number of the specification, which rises with each change of it. Default: 0; some kinds have none.</summary>
    public long Generation { get; init; }

    /// <summary>Labels, for selectors. Default: none.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init => field = value ?? NoPairs; } = NoPairs;

    /// <summary>Annotations. Default: none.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init => field = value ?? NoPairs; } = NoPairs;

    /// <summary>Time of creation. Default: null, unknown.</summary>
    public DateTimeOffset? CreationTimestamp { get; init; }

    /// <summary>Time at which the object will be gone: its deletion plus the grace period. Default: null, not deleted.</summary>
    public DateTimeOffset? DeletionTimestamp { get; init; }

    /// <summary>Grace period of the deletion in seconds. Default: null.</summary>
    public long? DeletionGracePeriodSeconds { get; init; }

    /// <summary>Finalizers, which delay the deletion. Default: none.</summary>
    public IReadOnlyList<string> Finalizers { get; init => field = value ?? []; } = [];

    /// <summary>Objects whose deletion deletes this object. Default: none.</summary>
    public IReadOnlyList<OwnerReference> OwnerReferences { get; init => field = value ?? []; } = [];

    /// <summary>Namespace and name.</summary>
    public ObjectKey Key => new(Namespace, Name);
}
