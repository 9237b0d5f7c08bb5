using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text.Json;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Registry.Yaml;

namespace GatewayMesh.Registry.Consul.Entries;

/// <summary>Reads <c>/v1/config/KIND</c>: the list of one kind of configuration entry.</summary>
internal static class EntryReader
{
    /// <summary>The entries by name, valid and invalid.</summary>
    /// <param name="body">The list.</param>
    /// <param name="known">Entries read before: an entry with the same text stays the same object. Default: none.</param>
    /// <exception cref="JsonException">The list is not JSON.</exception>
    /// <exception cref="InvalidOperationException">The JSON is not a list of entries.</exception>
    public static ImmutableSortedDictionary<string, ReadEntry> Read(ReadOnlyMemory<byte> body, KnownEntries? known = null)
    {
        using var document = ConsulJson.Parse(body);
        var entries = ImmutableSortedDictionary.CreateBuilder<string, ReadEntry>(StringComparer.Ordinal);
        foreach (var item in document.RootElement.EnumerateArray())
        {
            var name = item.GetProperty("Name").GetString() ?? "";
            var text = JsonMarshal.GetRawUtf8Value(item);
            entries[name] = known?.Find(name, text) ?? Bind(text, $"consul:{item.GetProperty("Kind").GetString()}/{name}");
            known?.Keep(name, text, entries[name]);
        }

        known?.Forget(entries);
        return entries.ToImmutable();
    }

    private static ReadEntry Bind(ReadOnlySpan<byte> bytes, string name)
    {
        if (bytes.Length > YamlDocuments.MaxBytes)
        {
            return new ReadEntry(null, [YamlText.TooLarge(name, YamlDocuments.MaxBytes)]);
        }

        var errors = new ConfigErrors();
        try
        {
            var tree = ConsulKeys.Prune(JsonTree.Read(bytes, name));
            var entry = EntryBinder.Bind(tree, errors, KeyStyle.EitherCaseLenient);
            return new ReadEntry(entry, errors.ToSorted());
        }
        catch (JsonException exception)
        {
            // Nested too deeply. The other entries of the list stay usable.
            errors.Add(new SourceLocation(name, 1, 1), "", $"cannot be read ({exception.Message})", "reduce the nesting");
            return new ReadEntry(null, errors.ToSorted());
        }
    }
}
