using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Entries;

namespace GatewayMesh.Configuration.Routing;

/// <summary>A contradiction between entries that are each valid alone.</summary>
/// <param name="Entry">Entry to fix.</param>
/// <param name="At">Location in the entry.</param>
/// <param name="Path">Path of the value in the entry.</param>
/// <param name="Message">The problem.</param>
/// <param name="Fix">The fix, as an imperative.</param>
public sealed record ChainError(ConfigEntry Entry, SourceLocation At, string Path, string Message, string Fix)
{
    /// <summary>The same as a configuration error.</summary>
    public ConfigError ToConfigError() => new(At, Path, Message, Fix);
}
