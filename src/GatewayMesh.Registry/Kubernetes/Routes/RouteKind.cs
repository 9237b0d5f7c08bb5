namespace GatewayMesh.Registry.Kubernetes.Routes;

/// <summary>Kinds of routes, the most specific first: at one port of a Service only the first kind holds.</summary>
public enum RouteKind
{
    /// <summary>GRPCRoute.</summary>
    Grpc,

    /// <summary>HTTPRoute.</summary>
    Http,
}
