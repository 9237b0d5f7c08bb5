namespace GatewayMesh.Registry.Kubernetes.Api;

/// <summary>Form of a patch.</summary>
public enum ApiPatch
{
    /// <summary>JSON merge patch (RFC 7396). A list replaces the whole list.</summary>
    Merge,

    /// <summary>JSON patch (RFC 6902): a list of operations, all or none.</summary>
    Json,
}
