using GatewayMesh.Registry.Kubernetes.Api;
using GatewayMesh.Registry.Kubernetes.Objects;
using GatewayMesh.Registry.Kubernetes.Objects.Routes;

namespace GatewayMesh.Registry.Kubernetes;

/// <summary>The kinds that are read from the API server.</summary>
internal static class KubernetesResources
{
    private const string Gateway = "gateway.networking.k8s.io";

    /// <summary>Services.</summary>
    public static ApiResource<Service> Services { get; } = new("", "v1", "services", DiscoveryJson.Default.Service);

    /// <summary>EndpointSlices.</summary>
    public static ApiResource<EndpointSlice> EndpointSlices { get; } =
        new("discovery.k8s.io", "v1", "endpointslices", DiscoveryJson.Default.EndpointSlice);

    /// <summary>HTTPRoutes of the Gateway API.</summary>
    public static ApiResource<HttpRoute> HttpRoutes { get; } = new(Gateway, "v1", "httproutes", RouteObjectJson.Default.HttpRoute);

    /// <summary>GRPCRoutes of the Gateway API.</summary>
    public static ApiResource<GrpcRoute> GrpcRoutes { get; } = new(Gateway, "v1", "grpcroutes", RouteObjectJson.Default.GrpcRoute);
}
