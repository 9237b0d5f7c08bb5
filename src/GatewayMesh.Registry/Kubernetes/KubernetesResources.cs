using GatewayMesh.Registry.Kubernetes.Api;
using GatewayMesh.Registry.Kubernetes.Objects;

namespace GatewayMesh.Registry.Kubernetes;

/// <summary>The kinds that are read from the API server for the catalog.</summary>
internal static class KubernetesResources
{
    /// <summary>Services.</summary>
    public static ApiResource<Service> Services { get; } = new("", "v1", "services", DiscoveryJson.Default.Service);

    /// <summary>EndpointSlices.</summary>
    public static ApiResource<EndpointSlice> EndpointSlices { get; } =
        new("discovery.k8s.io", "v1", "endpointslices", DiscoveryJson.Default.EndpointSlice);
}
