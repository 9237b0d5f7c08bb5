using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Entries;

namespace GatewayMesh.Configuration.Routing;

/// <summary>The word of an entry that led somewhere, for errors.</summary>
/// <param name="Entry">The entry.</param>
/// <param name="At">Where in it.</param>
/// <param name="Path">Path of the value in it.</param>
internal readonly record struct EntryLocation(ConfigEntry Entry, SourceLocation At, string Path)
{
    /// <summary>An error there.</summary>
    public ChainError Error(string message, string fix) => new(Entry, At, Path, message, fix);
}
