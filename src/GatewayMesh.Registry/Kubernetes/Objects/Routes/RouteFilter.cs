namespace GatewayMesh.Registry.Kubernetes.Objects.Routes;

/// <summary>A filter of an HTTP or gRPC route. Only the part that belongs to its type is set.</summary>
public sealed record RouteFilter
{
    /// <summary>Type, such as <c>RequestHeaderModifier</c>; also one that this version does not know.</summary>
    public string Type { get; init => field = value ?? ""; } = "";

    /// <summary>Changes to the header fields of requests; null for another type.</summary>
    public HeaderModifier? RequestHeaderModifier { get; init; }

    /// <summary>Changes to the header fields of responses; null for another type.</summary>
    public HeaderModifier? ResponseHeaderModifier { get; init; }

    /// <summary>Copies of requests; null for another type.</summary>
    public MirrorFilter? RequestMirror { get; init; }

    /// <summary>Redirect; null for another type.</summary>
    public RedirectFilter? RequestRedirect { get; init; }

    /// <summary>Rewrite of host and path; null for another type.</summary>
    public RewriteFilter? UrlRewrite { get; init; }
}
