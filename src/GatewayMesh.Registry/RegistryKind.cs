using GatewayMesh.Configuration.Bootstrap;

namespace GatewayMesh.Registry;

/// <summary>A row of <see cref="Registries.Kinds"/>.</summary>
/// <param name="Name">Kind as in <see cref="RegistrySpec.Kind"/>.</param>
/// <param name="Open">Opens the registry of a bootstrap. Never waits and never fails: connecting is part of the watch.</param>
/// <param name="IsReachable">Checks once that the registry is reachable; takes a few seconds at most.</param>
public sealed record RegistryKind(
    string Name, Func<BootstrapSpec, TimeProvider, IRegistry> Open, Func<RegistrySpec, bool> IsReachable);
