namespace GatewayMesh.Registry.Kubernetes.Objects.Routes;

/// <summary>A rule of an <see cref="HttpRoute"/>.</summary>
public sealed record HttpRouteRule
{
    /// <summary>Matches, one of which must hold. Default: none, which means every request.</summary>
    public IReadOnlyList<HttpRouteMatch> Matches { get; init => field = value ?? []; } = [];

    /// <summary>Filters, in order. Default: none.</summary>
    public IReadOnlyList<RouteFilter> Filters { get; init => field = value ?? []; } = [];

    /// <summary>Backends. Default: none.</summary>
    public IReadOnlyList<BackendRef> BackendRefs { get; init => field = value ?? []; } = [];

    /// <summary>Timeouts; null for none.</summary>
    public HttpRouteTimeouts? Timeouts { get; init; }
}
