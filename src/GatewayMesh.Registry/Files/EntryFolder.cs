using System.Collections.Immutable;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Registry.Yaml;

namespace GatewayMesh.Registry.Files;

/// <summary>The entries that stand in the files of a registry's folder.</summary>
/// <param name="place">Told before each file is read.</param>
internal sealed class EntryFolder(ReadContext place)
{
    private Dictionary<string, ImmutableArray<ConfigEntry>> _known = new(StringComparer.Ordinal);

    /// <summary>The entries of <paramref name="files"/>, read once; null when anything is wrong.</summary>
    public static EntrySet? Read(IEnumerable<string> files, ConfigErrors errors) => new EntryFolder(new ReadContext()).Read(files, errors, errors);

    /// <summary>The entries of <paramref name="files"/>, or null when any of them is wrong: a half of a change is none.</summary>
    /// <param name="files">The files.</param>
    /// <param name="errors">Gets what is wrong.</param>
    /// <param name="skipped">Gets what is no regular file: nobody wrote entries with it. In the place of a file it leaves that file's entries as they were.</param>
    public EntrySet? Read(IEnumerable<string> files, ConfigErrors errors, ConfigErrors skipped)
    {
        var before = errors.Count;
        var entries = new Dictionary<string, ImmutableArray<ConfigEntry>>(StringComparer.Ordinal);
        foreach (var file in files)
        {
            place.Path = file;
            entries[file] = FileContent.Read(file, errors, skipped: skipped) is { } bytes ? Entries(bytes, file, errors) : _known.GetValueOrDefault(file, []);
        }

        var set = EntrySet.From(entries.Values.SelectMany(each => each), errors);
        if (errors.Count > before)
        {
            return null;
        }

        _known = entries;
        return set;
    }

    private static ImmutableArray<ConfigEntry> Entries(byte[] bytes, string file, ConfigErrors errors) =>
        [.. YamlDocuments.Read(bytes, file, errors).Select(document => EntryBinder.Bind(document, errors)).OfType<ConfigEntry>()];
}
