using System.Collections.Immutable;
using GatewayMesh.Configuration.Bootstrap;

namespace GatewayMesh.Registry.Consul.Registration;

/// <summary>
/// Ids and keys of a node in Consul. Pure functions of the bootstrap, so that worker and guard agree without communicating.
/// </summary>
internal static class ConsulNames
{
    /// <summary>Suffix of the ids and names of sidecar registrations, as in Consul.</summary>
    public const string ProxySuffix = "-sidecar-proxy";

    /// <summary>Folder of the node records in the key-value store.</summary>
    public const string NodeFolder = "gatewaymesh/nodes/";

    /// <summary>The node's role as written in its registrations.</summary>
    public static string RoleOf(BootstrapSpec bootstrap) => bootstrap.Role.Word();

    /// <summary>Tag of gateway and ingress registrations. Distinguishes them from services in the catalog's list of names.</summary>
    public static string TagOf(MeshRole role) => MetaKeys.Prefix + role.Word();

    /// <summary>Key of a node's record.</summary>
    public static string NodeKey(string node) => NodeFolder + node;

    /// <summary>Id of the registration of an instance's sidecar.</summary>
    public static string ProxyId(LocalServiceSpec service) => service.RegisteredProxy ?? service.Id + ProxySuffix;

    /// <summary>Id of a gateway's or an ingress's registration.</summary>
    public static string EdgeId(string service, string node) => $"{service}-{node}";

    /// <summary>The id of the application's check.</summary>
    public static string HealthCheck(string serviceId) => $"service:{serviceId}";

    /// <summary>The id of the check with which a sidecar's registration copies the status of its instance.</summary>
    public static string AliasCheck(string proxyId) => $"service:{proxyId}:alias";

    /// <summary>The id of the check that passes while the serving process is alive and holds the lease.</summary>
    public static string LiveCheck(string id) => $"service:{id}:live";

    /// <summary>The ids of this node's serving registrations: one for each sidecar, gateway or ingress.</summary>
    public static ImmutableArray<string> Serving(BootstrapSpec bootstrap) =>
    [
        .. (bootstrap.Sidecar?.Services ?? []).Where(service => service.Inbound is not null).Select(ProxyId),
        .. bootstrap.Gateway is { } gateway ? [EdgeId(gateway.Service, bootstrap.Node)] : ImmutableArray<string>.Empty,
        .. bootstrap.Ingress is { } ingress ? [EdgeId(ingress.Service, bootstrap.Node)] : ImmutableArray<string>.Empty,
    ];
}
