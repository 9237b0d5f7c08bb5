using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Registry.Bootstrap;
using GatewayMesh.Registry.Kubernetes.Access;

namespace GatewayMesh.Registry.Kubernetes;

/// <summary>Checks once at startup that an API server is reachable: it accepts a connection.</summary>
internal static class ApiReach
{
    /// <summary>True if the API server of the registry accepts a connection. False also if its kubeconfig has errors.</summary>
    public static bool IsReachable(RegistrySpec registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        return AccessReader.Read(registry.Target, new ConfigErrors(), TimeProvider.System) is { } access
            && RegistryReach.Accepts(new HostPort(access.Server.IdnHost.Trim('[', ']'), access.Server.Port));
    }
}
