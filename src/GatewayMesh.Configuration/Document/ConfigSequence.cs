using System.Collections.Immutable;

namespace GatewayMesh.Configuration.Document;

/// <summary>A list.</summary>
/// <param name="items">Its items, in order.</param>
/// <param name="location">Where it begins.</param>
public sealed class ConfigSequence(ImmutableArray<ConfigNode> items, SourceLocation location) : ConfigNode(location)
{
    /// <summary>Its items, in order.</summary>
    public ImmutableArray<ConfigNode> Items { get; } = items;

    /// <inheritdoc/>
    public override string Noun => "a list";
}
