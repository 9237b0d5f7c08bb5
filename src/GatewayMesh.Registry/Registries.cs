using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Registry.Consul;
using GatewayMesh.Registry.Files;

namespace GatewayMesh.Registry;

/// <summary>Opens registries by what a bootstrap file says of them.</summary>
public static class Registries
{
    /// <summary>The registry that <paramref name="bootstrap"/> names, for the node that it is. Opening never waits and never fails: reaching it is the watch's matter.</summary>
    public static IRegistry Open(BootstrapSpec bootstrap, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(bootstrap);
        return bootstrap.Registry switch
        {
            { Kind: "file" } folder => new FileRegistry(folder.Target, time),
            { Kind: "consul" } => new ConsulRegistry(bootstrap, time),
            _ => throw new NotSupportedException($"a registry of the kind {bootstrap.Registry?.Kind ?? "none"} is not supported"),
        };
    }
}
