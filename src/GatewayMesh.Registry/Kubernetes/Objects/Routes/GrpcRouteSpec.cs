namespace GatewayMesh.Registry.Kubernetes.Objects.Routes;

/// <summary>Specification of a <see cref="GrpcRoute"/>. Host names are not read: they have no effect at a Service.</summary>
public sealed record GrpcRouteSpec
{
    /// <summary>Parents that the route is attached to. Default: none.</summary>
    public IReadOnlyList<ParentRef> ParentRefs { get; init => field = value ?? []; } = [];

    /// <summary>Rules. Default: none.</summary>
    public IReadOnlyList<GrpcRouteRule> Rules { get; init => field = value ?? []; } = [];
}
