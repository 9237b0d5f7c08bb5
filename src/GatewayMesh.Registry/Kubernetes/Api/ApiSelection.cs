using System.Text;

namespace GatewayMesh.Registry.Kubernetes.Api;

/// <summary>The objects of a kind that a list or a watch covers. Default: all of the cluster.</summary>
public sealed record ApiSelection
{
    /// <summary>All objects of the cluster.</summary>
    public static ApiSelection All { get; } = new();

    /// <summary>The namespace. Default: null, all namespaces.</summary>
    public string? Namespace { get; init; }

    /// <summary>Label selector, such as <c>app=web,tier!=test</c>. Default: null, no condition.</summary>
    public string? Labels { get; init; }

    /// <summary>
    /// Field selector, such as <c>metadata.name=shop-tls</c>, which a right limited by <c>resourceNames</c> demands. Default: null.
    /// </summary>
    public string? Fields { get; init; }

    /// <summary>A path with a query that selects these objects and then <paramref name="query"/>.</summary>
    internal string Question(string path, string query)
    {
        var question = new StringBuilder(path).Append('?').Append(query);
        if (Labels is { Length: > 0 })
        {
            question.Append("&labelSelector=").Append(Uri.EscapeDataString(Labels));
        }

        if (Fields is { Length: > 0 })
        {
            question.Append("&fieldSelector=").Append(Uri.EscapeDataString(Fields));
        }

        return question.ToString();
    }
}
