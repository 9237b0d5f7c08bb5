using System.Collections.Immutable;

namespace GatewayMesh.Configuration.Document;

/// <summary>Keys with values, in document order. Keys are unique.</summary>
/// <param name="pairs">The pairs.</param>
/// <param name="location">Start of the mapping.</param>
public sealed class ConfigMapping(ImmutableArray<ConfigPair> pairs, SourceLocation location) : ConfigNode(location)
{
    /// <summary>The pairs.</summary>
    public ImmutableArray<ConfigPair> Pairs { get; } = pairs;

    /// <inheritdoc/>
    public override string Noun => "a mapping";

    /// <summary>Returns the pair whose key is exactly <paramref name="key"/>, or null.</summary>
    public ConfigPair? Find(string key) => Find(key, StringComparison.Ordinal);

    /// <summary>Returns the first pair whose key is <paramref name="key"/>, or null.</summary>
    public ConfigPair? Find(string key, StringComparison comparison)
    {
        foreach (var pair in Pairs)
        {
            if (string.Equals(pair.Key, key, comparison))
            {
                return pair;
            }
        }

        return null;
    }
}
