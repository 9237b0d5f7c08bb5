using GatewayMesh.Configuration.Entries.Routers;
using GatewayMesh.Configuration.Headers;
using GatewayMesh.Registry.Kubernetes.Objects.Routes;

namespace GatewayMesh.Registry.Kubernetes.Routes;

/// <summary>Filters of a rule or a backend, read.</summary>
internal sealed record RuleFilters
{
    /// <summary>Changes to the header fields of requests; null for none.</summary>
    public HeaderChanges? RequestHeaders { get; init; }

    /// <summary>Changes to the header fields of responses; null for none.</summary>
    public HeaderChanges? ResponseHeaders { get; init; }

    /// <summary>Redirect; null for none.</summary>
    public RequestRedirect? Redirect { get; init; }

    /// <summary>Rewrite; null for none.</summary>
    public UrlRewrite? Rewrite { get; init; }

    /// <summary>Mirror; null for none.</summary>
    public MirrorFilter? Mirror { get; init; }

    /// <summary>First problem; null if all filters are supported.</summary>
    public RouteProblem? Problem { get; init; }

    /// <summary>True if a filter replaces the matched prefix.</summary>
    public bool ReplacesPrefix => (Redirect?.Path ?? Rewrite?.Path)?.ReplacePrefixMatch is not null;
}
