using System.Collections.Immutable;

namespace GatewayMesh.Registry.Bootstrap;

/// <summary>One option of a role's command line: the parser and the bootstrap read the same declaration.</summary>
/// <param name="Name">Name on the command line, such as <c>--node</c>.</param>
/// <param name="Key">Bootstrap key that the option sets; null when the option is not a key.</param>
/// <param name="Take">Returns the options with the value of this option.</param>
/// <param name="Value">Returns the value of the key; null when the option was not given.</param>
public sealed record StartOption(
    string Name, string? Key, Func<BootstrapOptions, string, BootstrapOptions> Take, Func<BootstrapOptions, string?> Value)
{
    /// <summary>True if the option takes a value; false if the option is a switch.</summary>
    public bool TakesValue { get; private init; } = true;

    /// <summary>Every option of a role.</summary>
    public static ImmutableArray<StartOption> All { get; } =
    [
        new("--role", "role", (all, text) => all with { Role = text }, all => all.Role),
        new("--config", null, (all, text) => all with { ConfigFile = text }, _ => null),
        new("--node", "node", (all, text) => all with { Node = text }, all => all.Node),
        new("--cluster", "cluster", (all, text) => all with { Cluster = text }, all => all.Cluster),
        new("--registry", "registry", (all, text) => all with { Registry = text }, all => all.Registry),
        new("--data-dir", "dataDir", (all, text) => all with { DataDir = text }, all => all.DataDir),
        new("--admin", "admin", (all, text) => all with { Admin = text }, all => all.Admin),
        new("--sidecar-for", null, (all, text) => all with { SidecarFor = text }, _ => null),
        new("--set", null, (all, text) => all with { Set = all.Set.Add(text) }, _ => null),
        new("--no-guard", "guarded", (all, _) => all with { NoGuard = true }, all => all.NoGuard ? "false" : null) { TakesValue = false },
        new(
            "--require-registry",
            "registryRequired",
            (all, _) => all with { RequireRegistry = true },
            all => all.RequireRegistry ? "true" : null) { TakesValue = false },
    ];

    /// <summary>The option named <paramref name="name"/>, or null.</summary>
    public static StartOption? Find(string name) => All.FirstOrDefault(option => option.Name == name);
}
