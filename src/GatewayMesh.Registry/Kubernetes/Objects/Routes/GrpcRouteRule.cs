namespace GatewayMesh.Registry.Kubernetes.Objects.Routes;

/// <summary>A rule of a <see cref="GrpcRoute"/>.</summary>
public sealed record GrpcRouteRule
{
    /// <summary>Matches, one of which must hold. Default: none, which means every call.</summary>
    public IReadOnlyList<GrpcRouteMatch> Matches { get; init => field = value ?? []; } = [];

    /// <summary>Filters, in order. Default: none.</summary>
    public IReadOnlyList<RouteFilter> Filters { get; init => field = value ?? []; } = [];

    /// <summary>Backends. Default: none.</summary>
    public IReadOnlyList<BackendRef> BackendRefs { get; init => field = value ?? []; } = [];
}
