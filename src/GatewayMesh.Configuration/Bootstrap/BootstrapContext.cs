namespace GatewayMesh.Configuration.Bootstrap;

/// <summary>What the machine adds to a bootstrap file.</summary>
/// <param name="HostName">Name of the host: the default of <c>node</c>.</param>
/// <param name="WorkingDirectory">What relative paths of options and variables are relative to; those of a file are relative to the file.</param>
public sealed record BootstrapContext(string HostName, string WorkingDirectory)
{
    /// <summary>Whether a missing registry is an error. Default: true; <c>validate</c> lets it come from an option later.</summary>
    public bool RegistryRequired { get; init; } = true;

    /// <summary>Asked when no registry is named: whether <see cref="RegistrySpec.LocalConsul"/> is one, by what answers there and by what the data folder (the argument) holds. Default: no.</summary>
    public Func<string, bool> UsesLocalConsul { get; init; } = _ => false;
}
