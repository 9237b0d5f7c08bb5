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
    /// <summary>The entries by name, good and bad.</summary>
    /// <exception cref="JsonException">The list is no JSON.</exception>
    /// <exception cref="InvalidOperationException">It is another JSON than a list of entries.</exception>
    public static ImmutableSortedDictionary<string, ReadEntry> Read(ReadOnlyMemory<byte> body)
    {
        using var document = ConsulJson.Parse(body);
        var entries = ImmutableSortedDictionary.CreateBuilder<string, ReadEntry>(StringComparer.Ordinal);
        foreach (var item in document.RootElement.EnumerateArray())
        {
            var name = item.GetProperty("Name").GetString() ?? "";
            entries[name] = Bind(JsonMarshal.GetRawUtf8Value(item), $"consul:{item.GetProperty("Kind").GetString()}/{name}");
        }

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
            // Too deep. The other entries of the list are none the worse for it.
            errors.Add(new SourceLocation(name, 1, 1), "", $"cannot be read ({exception.Message})", "nest it less deep");
            return new ReadEntry(null, errors.ToSorted());
        }
    }
}
