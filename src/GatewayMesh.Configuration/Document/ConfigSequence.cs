using System.Collections.Immutable;

namespace GatewayMesh.Configuration.Document;

/// <summary>A list.</summary>
/// <param name="items">Items of the list, in order.</param>
/// <param name="location">Start of the list.</param>
public sealed class ConfigSequence(ImmutableArray<ConfigNode> items, SourceLocation location) : ConfigNode(location)
{
    /// <summary>Items of the list, in order.</summary>
    public ImmutableArray<ConfigNode> Items { get; } = items;

    /// <inheritdoc/>
    public override string Noun => "a list";
}
