namespace GatewayMesh.Configuration.Bootstrap;

/// <summary>Facts about the host that complete a bootstrap file.</summary>
/// <param name="HostName">Host name, the default of <c>node</c>.</param>
/// <param name="WorkingDirectory">Base of relative paths in options and variables. Relative paths in a file are relative to the
/// file.</param>
public sealed record BootstrapContext(string HostName, string WorkingDirectory)
{
    /// <summary>True if a missing registry is an error. Default: true; <c>validate</c> lets a later option name the registry.</summary>
    public bool RegistryRequired { get; init; } = true;

    /// <summary>
    /// Called when no registry is named. The argument is the data folder. Returns true to use <see cref="RegistrySpec.LocalConsul"/>,
    /// judged by the agent that answers there and by the contents of the data folder. Default: always false.
    /// </summary>
    public Func<string, bool> UsesLocalConsul { get; init; } = _ => false;
}
