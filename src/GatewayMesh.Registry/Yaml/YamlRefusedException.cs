using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Registry.Yaml;

/// <summary>Ends the reading of a file; caught where the reading began.</summary>
internal sealed class YamlRefusedException(ConfigError error) : Exception(error.Message)
{
    /// <summary>What is wrong.</summary>
    public ConfigError Error { get; } = error;
}
