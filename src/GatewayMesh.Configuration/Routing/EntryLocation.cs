using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Entries;

namespace GatewayMesh.Configuration.Routing;

/// <summary>Location of a value in a routing entry, for errors.</summary>
/// <param name="Entry">Entry that contains the value.</param>
/// <param name="At">Location in the entry.</param>
/// <param name="Path">Path of the value in the entry.</param>
internal readonly record struct EntryLocation(ConfigEntry Entry, SourceLocation At, string Path)
{
    /// <summary>Creates an error at this location.</summary>
    public ChainError Error(string message, string fix) => new(Entry, At, Path, message, fix);
}
