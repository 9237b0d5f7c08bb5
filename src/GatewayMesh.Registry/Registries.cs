using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Registry.Consul;
using GatewayMesh.Registry.Files;

namespace GatewayMesh.Registry;

/// <summary>Opens the registry that a bootstrap file names.</summary>
public static class Registries
{
    /// <summary>Opens the registry of <paramref name="bootstrap"/>. Never waits and never fails: connecting is part of the watch.</summary>
    public static IRegistry Open(BootstrapSpec bootstrap, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(bootstrap);
        return bootstrap.Registry switch
        {
            { Kind: "file" } folder => new FileRegistry(folder.Target, time),
            { Kind: "consul" } => new ConsulRegistry(bootstrap, time),
            _ => throw new NotSupportedException($"registry kind {bootstrap.Registry?.Kind ?? "none"} is not supported"),
        };
    }
}
