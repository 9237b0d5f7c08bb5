namespace GatewayMesh.Registry.Kubernetes.Objects;

/// <summary>Metadata of a list.</summary>
public sealed record ListMeta
{
    /// <summary>Version of the store from which all pages of the list come. A watch continues from this version.</summary>
    public string ResourceVersion { get; init => field = value ?? ""; } = "";

    /// <summary>Token of the next page. Default: empty, this is the last page.</summary>
    public string Continue { get; init => field = value ?? ""; } = "";

    /// <summary>Number of objects on later pages. Default: null, unknown.</summary>
    public long? RemainingItemCount { get; init; }
}
