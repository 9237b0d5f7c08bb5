using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Registry.Consul.Entries;

/// <summary>Parses JSON into the tree that entries are bound from. Every node has its line and column.</summary>
// Not JsonDocument: its elements do not know their place in the text.
internal ref struct JsonTree
{
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly string _name;
    private Utf8JsonReader _reader;
    private int _counted;
    private int _line;
    private int _lineStart;

    private JsonTree(ReadOnlySpan<byte> bytes, string name)
    {
        _bytes = bytes;
        _name = name;
        _reader = new Utf8JsonReader(bytes);
        _line = 1;
    }

    /// <summary>Parses one JSON value.</summary>
    /// <param name="bytes">The value.</param>
    /// <param name="name">The name of the value in errors.</param>
    /// <exception cref="JsonException">The value is not JSON.</exception>
    public static ConfigNode Read(ReadOnlySpan<byte> bytes, string name)
    {
        var tree = new JsonTree(bytes, name);
        _ = tree._reader.Read();
        var node = tree.ReadNode();
        return tree._reader.Read() ? throw new JsonException("unexpected content after the value") : node;
    }

    private ConfigNode ReadNode()
    {
        var location = Here();
        return _reader.TokenType switch
        {
            JsonTokenType.StartObject => new ConfigMapping(ReadPairs(), location),
            JsonTokenType.StartArray => new ConfigSequence(ReadItems(), location),
            JsonTokenType.String => new ConfigScalar(_reader.GetString()!, location),
            JsonTokenType.Null => new ConfigNull(location),
            _ => new ConfigScalar(Encoding.UTF8.GetString(_reader.ValueSpan), location),
        };
    }

    private ImmutableArray<ConfigPair> ReadPairs()
    {
        var pairs = ImmutableArray.CreateBuilder<ConfigPair>();
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndObject)
        {
            var (key, location) = (_reader.GetString()!, Here());
            _ = _reader.Read();
            pairs.Add(new ConfigPair(key, location, ReadNode()));
        }

        return pairs.ToImmutable();
    }

    private ImmutableArray<ConfigNode> ReadItems()
    {
        var items = ImmutableArray.CreateBuilder<ConfigNode>();
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
        {
            items.Add(ReadNode());
        }

        return items.ToImmutable();
    }

    // Tokens come in order, so every line is counted once.
    private SourceLocation Here()
    {
        var start = (int)_reader.TokenStartIndex;
        for (; _counted < start; _counted++)
        {
            if (_bytes[_counted] == (byte)'\n')
            {
                _line++;
                _lineStart = _counted + 1;
            }
        }

        return new SourceLocation(_name, _line, start - _lineStart + 1);
    }
}
