using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text.Json;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Entries;

namespace GatewayMesh.Registry.Consul.Entries;

/// <summary>Reads <c>/v1/config/KIND</c>: the list of one kind of configuration entry.</summary>
internal static class EntryReader
{
    /// <summary>The entries by name, good and bad.</summary>
    /// <exception cref="JsonException">The list is no JSON.</exception>
    /// <exception cref="InvalidOperationException">It is another JSON than a list of entries.</exception>
    public static ImmutableSortedDictionary<string, ReadEntry> Read(ReadOnlyMemory<byte> body)
    {
        using var document = JsonDocument.Parse(body);
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
        var errors = new ConfigErrors();
        var tree = ConsulKeys.Prune(JsonTree.Read(bytes, name));
        var entry = EntryBinder.Bind(tree, errors, KeyStyle.EitherCaseLenient);

        return new ReadEntry(entry, errors.ToSorted());
    }
}
