using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using GatewayMesh.Configuration.Document;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using Scalar = YamlDotNet.Core.Events.Scalar;

namespace GatewayMesh.Registry.Yaml;

/// <summary>
/// Builds trees from parser events, within the limits. An alias shares its anchor's tree and counts with all of its nodes.
/// </summary>
// Not the library's deserializer: it uses reflection, stops at the first error, and has no limits on nodes and aliases.
internal sealed class TreeBuilder(IParser parser, string name, ConfigErrors errors)
{
    private readonly Dictionary<string, (ConfigNode Node, int Weight, int Text)> _anchors = new(StringComparer.Ordinal);
    private int _nodes;
    private int _text;

    /// <summary>The next document, or null at the end.</summary>
    public ConfigNode? ReadDocument()
    {
        while (parser.MoveNext())
        {
            if (parser.Current is DocumentStart)
            {
                _anchors.Clear();
                _ = parser.MoveNext();
                return ReadNode(0);
            }
        }

        return null;
    }

    // Starts at the first event of the node and ends at its last.
    private ConfigNode ReadNode(int depth)
    {
        var first = parser.Current!;
        var location = Locate(first);
        if (depth > YamlDocuments.MaxDepth)
        {
            Refuse(
                location,
                string.Create(CultureInfo.InvariantCulture, $"is nested deeper than {YamlDocuments.MaxDepth} levels"),
                "flatten it");
        }

        if (first is AnchorAlias alias)
        {
            return Resolve(alias, location);
        }

        var (before, textBefore) = (_nodes, _text);
        Count(1, (first as Scalar)?.Value.Length ?? 0, location);
        if (first is NodeEvent { Tag: { IsEmpty: false, IsNonSpecific: false } tag }
            && !tag.Value.StartsWith("tag:yaml.org,2002:", StringComparison.Ordinal))
        {
            Refuse(location, $"the tag {tag.Value} is not supported", "remove the tag");
        }

        ConfigNode node = first switch
        {
            Scalar scalar => ReadScalar(scalar, location),
            SequenceStart => ReadSequence(depth, location),
            _ => ReadMapping(depth, location),
        };
        if (first is NodeEvent { Anchor: { IsEmpty: false } anchor })
        {
            _anchors[anchor.Value] = (node, _nodes - before, _text - textBefore);
        }

        return node;
    }

    private static ConfigNode ReadScalar(Scalar scalar, SourceLocation location) =>
        scalar is { Style: ScalarStyle.Plain, Value: "" or "~" or "null" }
            ? new ConfigNull(location)
            : new ConfigScalar(scalar.Value, location);

    private ConfigSequence ReadSequence(int depth, SourceLocation location)
    {
        var items = ImmutableArray.CreateBuilder<ConfigNode>();
        while (parser.MoveNext() && parser.Current is not SequenceEnd)
        {
            items.Add(ReadNode(depth + 1));
        }

        return new ConfigSequence(items.ToImmutable(), location);
    }

    private ConfigMapping ReadMapping(int depth, SourceLocation location)
    {
        var pairs = ImmutableArray.CreateBuilder<ConfigPair>();
        var first = new Dictionary<string, SourceLocation>(StringComparer.Ordinal);
        while (parser.MoveNext() && parser.Current is not MappingEnd)
        {
            var keyLocation = Locate(parser.Current!);
            var key = (parser.Current as Scalar)?.Value ?? "";
            if (key.Length == 0)
            {
                Refuse(keyLocation, "a key is not text", "write the key as one word");
            }

            if (key.Length > YamlDocuments.MaxKey)
            {
                Refuse(
                    keyLocation,
                    string.Create(CultureInfo.InvariantCulture, $"a key has more than {YamlDocuments.MaxKey} characters"),
                    "shorten the key");
            }

            if (!first.TryAdd(key, keyLocation))
            {
                errors.Add(keyLocation, key, string.Create(CultureInfo.InvariantCulture,
                    $"duplicate key, first used in line {first[key].Line}"), "remove one of them");
            }

            _ = parser.MoveNext();
            var pair = new ConfigPair(key, keyLocation, ReadNode(depth + 1));
            if (first[key] == keyLocation)
            {
                pairs.Add(pair);
            }
        }

        return new ConfigMapping(pairs.ToImmutable(), location);
    }

    private ConfigNode Resolve(AnchorAlias alias, SourceLocation location)
    {
        if (!_anchors.TryGetValue(alias.Value.Value, out var anchor))
        {
            Refuse(location, $"the alias *{alias.Value.Value} has no anchor before it", $"add &{alias.Value.Value} before the value");
        }

        Count(anchor.Weight, anchor.Text, location);
        return anchor.Node;
    }

    private void Count(int weight, int text, SourceLocation location)
    {
        _nodes += weight;
        _text += text;
        if (_nodes > YamlDocuments.MaxNodes)
        {
            Refuse(location, string.Create(CultureInfo.InvariantCulture,
                $"expands to more than {YamlDocuments.MaxNodes} values, aliases included"), "use fewer aliases, or split the file");
        }

        if (_text > YamlDocuments.MaxText)
        {
            Refuse(location, $"expands to more than {YamlDocuments.MaxText / 1024}KiB of text, aliases included", "use fewer aliases");
        }
    }

    private SourceLocation Locate(ParsingEvent current) =>
        new(name, Math.Max(1, (int)current.Start.Line), Math.Max(1, (int)current.Start.Column));

    [DoesNotReturn]
    private static void Refuse(SourceLocation location, string message, string fix) =>
        throw new YamlRefusedException(new ConfigError(location, "", message, fix));
}
