using System.Collections.Immutable;
using GatewayMesh.Configuration.Bootstrap;

namespace GatewayMesh.Registry.Consul.Registration;

/// <summary>Ids and keys of all that a node has in Consul: pure functions of the bootstrap, so that worker and guard mean the same without asking each other.</summary>
internal static class ConsulNames
{
    /// <summary>What the ids and names of a sidecar's registrations end with, as Consul has it.</summary>
    public const string ProxySuffix = "-sidecar-proxy";

    /// <summary>Folder of the node records in the key-value store.</summary>
    public const string NodeFolder = "gatewaymesh/nodes/";

    /// <summary>A node's role as its registrations say it.</summary>
    public static string RoleOf(BootstrapSpec bootstrap) => bootstrap.Role.ToString().ToLowerInvariant();

    /// <summary>Tag of the registrations of gateways and ingresses: what tells them from services in the catalogue's list of names.</summary>
    public static string TagOf(MeshRole role) => MetaKeys.Prefix + role.ToString().ToLowerInvariant();

    /// <summary>Key of a node's record.</summary>
    public static string NodeKey(string node) => NodeFolder + node;

    /// <summary>Id of the registration of an instance's sidecar.</summary>
    public static string ProxyId(LocalServiceSpec service) => service.RegisteredProxy ?? service.Id + ProxySuffix;

    /// <summary>Id of a gateway's or an ingress's registration.</summary>
    public static string EdgeId(string service, string node) => $"{service}-{node}";

    /// <summary>The check that an application answers.</summary>
    public static string HealthCheck(string serviceId) => $"service:{serviceId}";

    /// <summary>The check that a sidecar's registration takes over from its instance's.</summary>
    public static string AliasCheck(string proxyId) => $"service:{proxyId}:alias";

    /// <summary>The check that says whether whoever serves is alive and holds the lease.</summary>
    public static string LiveCheck(string id) => $"service:{id}:live";

    /// <summary>The ids of what serves on this node: one for each sidecar, gateway or ingress.</summary>
    public static ImmutableArray<string> Serving(BootstrapSpec bootstrap) =>
    [
        .. (bootstrap.Sidecar?.Services ?? []).Where(service => service.Inbound is not null).Select(ProxyId),
        .. bootstrap.Gateway is { } gateway ? [EdgeId(gateway.Service, bootstrap.Node)] : ImmutableArray<string>.Empty,
        .. bootstrap.Ingress is { } ingress ? [EdgeId(ingress.Service, bootstrap.Node)] : ImmutableArray<string>.Empty,
    ];
}
