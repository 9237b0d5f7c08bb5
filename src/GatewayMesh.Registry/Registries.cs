using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Registry.Files;

namespace GatewayMesh.Registry;

/// <summary>Opens registries by what a bootstrap file says of them.</summary>
public static class Registries
{
    /// <summary>The registry that <paramref name="spec"/> names. Opening never waits and never fails: reaching it is the watch's matter.</summary>
    public static IRegistry Open(RegistrySpec spec, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return spec.Kind == "file" ? new FileRegistry(spec.Target, time) : throw new NotSupportedException($"a registry of the kind {spec.Kind} is not supported yet");
    }
}
