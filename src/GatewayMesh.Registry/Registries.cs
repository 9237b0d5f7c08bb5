using System.Collections.Immutable;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Registry.Bootstrap;
using GatewayMesh.Registry.Consul;
using GatewayMesh.Registry.Files;
using GatewayMesh.Registry.Kubernetes;

namespace GatewayMesh.Registry;

/// <summary>The table of registries. A new registry is one folder and one row here.</summary>
public static class Registries
{
    /// <summary>The kinds of registries.</summary>
    public static ImmutableArray<RegistryKind> Kinds { get; } =
    [
        new("file", (bootstrap, time) => new FileRegistry(bootstrap.Registry!.Target, time), RegistryReach.HasFolder),
        new("consul", (bootstrap, time) => new ConsulRegistry(bootstrap, time), RegistryReach.HasAgent),
        new("kubernetes", (bootstrap, time) => new KubernetesRegistry(bootstrap, time), ApiReach.IsReachable),
    ];

    /// <summary>Opens the registry of <paramref name="bootstrap"/>. Never waits and never fails: connecting is part of the watch.</summary>
    public static IRegistry Open(BootstrapSpec bootstrap, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(bootstrap);
        return Of(bootstrap.Registry?.Kind ?? "none").Open(bootstrap, time);
    }

    /// <summary>True if <paramref name="registry"/> is reachable now.</summary>
    public static bool IsReachable(RegistrySpec registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        return Of(registry.Kind).IsReachable(registry);
    }

    private static RegistryKind Of(string name) =>
        Kinds.FirstOrDefault(kind => kind.Name == name) ?? throw new NotSupportedException($"registry kind {name} is not supported");
}
