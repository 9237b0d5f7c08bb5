using System.Text;
using System.Text.Json.Serialization.Metadata;
using GatewayMesh.Registry.Kubernetes.Objects;

namespace GatewayMesh.Registry.Kubernetes.Api;

/// <summary>A kind of object at the API server: the parts of its path, and the JSON of its objects.</summary>
/// <param name="Group">API group; empty for the core group.</param>
/// <param name="Version">Version of the group, such as <c>v1</c>.</param>
/// <param name="Plural">Name in paths, such as <c>endpointslices</c>.</param>
/// <param name="Json">Source-generated JSON of one object.</param>
public sealed record ApiResource<T>(string Group, string Version, string Plural, JsonTypeInfo<T> Json)
    where T : class, IKubernetesObject
{
    /// <summary>
    /// True if lists and watches ask for metadata only (<c>PartialObjectMetadata</c>); <typeparamref name="T"/> must then be <see
    /// cref="PartialObject"/>. Default: false.
    /// </summary>
    public bool IsMetadataOnly { get; init; }

    /// <summary>Group and version as objects name them: <c>v1</c> or <c>GROUP/VERSION</c>.</summary>
    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>The path of all objects, of one namespace, of one object, or of its subresource.</summary>
    /// <param name="space">The namespace; null: the cluster.</param>
    /// <param name="name">The name; null: all objects.</param>
    /// <param name="subresource">The subresource, such as <c>status</c>; null: the object itself.</param>
    public string PathOf(string? space = null, string? name = null, string? subresource = null)
    {
        var path = new StringBuilder(Group.Length == 0 ? "/api/" : $"/apis/{Group}/").Append(Version);
        if (!string.IsNullOrEmpty(space))
        {
            path.Append("/namespaces/").Append(Uri.EscapeDataString(space));
        }

        path.Append('/').Append(Plural);
        if (name is not null)
        {
            path.Append('/').Append(Uri.EscapeDataString(name));
        }

        return subresource is null ? path.ToString() : path.Append('/').Append(subresource).ToString();
    }
}
