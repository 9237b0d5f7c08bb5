namespace GatewayMesh.Registry.Kubernetes.Objects;

/// <summary>
/// An object of the Kubernetes API. Null, absent, and empty mean the same for lists and maps, so an implementation turns null into an empty
/// collection in its <c>init</c> accessor. Source-generated code calls that accessor also for an absent key, so a number with a default
/// other than 0 must be nullable.
/// </summary>
public interface IKubernetesObject
{
    /// <summary>Group and version, such as <c>discovery.k8s.io/v1</c>. Null for an item of a list of a built-in kind.</summary>
    string? ApiVersion { get; }

    /// <summary>Kind, such as <c>EndpointSlice</c>. Null for an item of a list of a built-in kind.</summary>
    string? Kind { get; }

    /// <summary>Metadata that every kind has.</summary>
    ObjectMeta Metadata { get; }
}
