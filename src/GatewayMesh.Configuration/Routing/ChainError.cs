using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Entries;

namespace GatewayMesh.Configuration.Routing;

/// <summary>Why a name leads nowhere: entries that are well each by itself contradict each other.</summary>
/// <param name="Entry">The entry that the user would look at first.</param>
/// <param name="At">Where in it.</param>
/// <param name="Path">Path of the value in the entry.</param>
/// <param name="Message">What is wrong, in words.</param>
/// <param name="Fix">What to write instead, in words.</param>
public sealed record ChainError(ConfigEntry Entry, SourceLocation At, string Path, string Message, string Fix)
{
    /// <summary>The same as an error of the configuration.</summary>
    public ConfigError ToConfigError() => new(At, Path, Message, Fix);
}
