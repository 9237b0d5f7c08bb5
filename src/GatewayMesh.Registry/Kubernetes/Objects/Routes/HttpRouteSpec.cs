namespace GatewayMesh.Registry.Kubernetes.Objects.Routes;

/// <summary>Specification of an <see cref="HttpRoute"/>. Host names are not read: they have no effect at a Service.</summary>
public sealed record HttpRouteSpec
{
    /// <summary>Parents that the route is attached to. Default: none.</summary>
    public IReadOnlyList<ParentRef> ParentRefs { get; init => field = value ?? []; } = [];

    /// <summary>Rules. Default: null; the server writes one without backends that matches all paths.</summary>
    public IReadOnlyList<HttpRouteRule>? Rules { get; init; }
}
