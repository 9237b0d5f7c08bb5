using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Registry.Yaml;

/// <summary>Ends the reading of a file. Caught where the reading started.</summary>
internal sealed class YamlRefusedException(ConfigError error) : Exception(error.Message)
{
    /// <summary>The error.</summary>
    public ConfigError Error { get; } = error;
}
