using System.Collections.Immutable;
using System.Text.Json;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Registry.Yaml;

namespace GatewayMesh.Registry.Consul.Entries;

/// <summary>
/// Reads the key-value folder <c>gatewaymesh/KIND/</c>, for entries of a kind that Consul does not have. Each value is YAML or JSON. Kind
/// and name are optional in the value and default to those of the key.
/// </summary>
/// <param name="kind">Kind of the entries.</param>
internal sealed class KeyFolder(string kind)
{
    /// <summary>The key-value folder.</summary>
    public string Folder { get; } = $"gatewaymesh/{kind}/";

    /// <summary>The entries by name, valid and invalid.</summary>
    public ImmutableSortedDictionary<string, ReadEntry> Read(ReadOnlyMemory<byte> body)
    {
        var entries = ImmutableSortedDictionary.CreateBuilder<string, ReadEntry>(StringComparer.Ordinal);
        foreach (var (key, value) in KeyValues.Read(body))
        {
            if (key.Length > Folder.Length)
            {
                entries[key[Folder.Length..]] = Bind(key, value);
            }
        }

        return entries.ToImmutable();
    }

    private ReadEntry Bind(string key, byte[]? value)
    {
        var name = $"consul:kv/{key}";
        if (value is null)
        {
            return new ReadEntry(null, [YamlText.TooLarge(name, YamlDocuments.MaxBytes)]);
        }

        var errors = new ConfigErrors();
        var document = YamlDocuments.ReadOne(value, name, errors);
        var entry = errors.Count > 0 ? null : EntryBinder.Bind(Named(document, key[Folder.Length..], errors), errors);
        return new ReadEntry(errors.Count > 0 ? null : entry, errors.ToSorted());
    }

    private ConfigNode Named(ConfigNode document, string name, ConfigErrors errors)
    {
        if (document is not (ConfigMapping or ConfigNull))
        {
            return document;
        }

        var pairs = (document as ConfigMapping)?.Pairs ?? [];
        foreach (var (key, expected) in (ReadOnlySpan<(string, string)>)[("kind", kind), ("name", name)])
        {
            if (pairs.FirstOrDefault(pair => pair.Key.Equals(key, StringComparison.OrdinalIgnoreCase)) is not { } given)
            {
                pairs = pairs.Add(new ConfigPair(key, document.Location, new ConfigScalar(expected, document.Location)));
            }
            else if (given.Value is ConfigScalar { Text: var text } && text != expected)
            {
                errors.Add(given.Value.Location, key, $"is {text}, but the key names {expected}",
                    "remove it, or move the value to the other key");
            }
        }

        return new ConfigMapping(pairs, document.Location);
    }
}
