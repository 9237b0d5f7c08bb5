using System.Collections.Immutable;
using System.Security.Cryptography;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Registry.Yaml;

namespace GatewayMesh.Registry.Files;

/// <summary>The entries in the files of a registry folder.</summary>
/// <param name="place">Receives the path of each file before the file is read.</param>
internal sealed class EntryFolder(ReadContext place)
{
    private Dictionary<string, (byte[] Digest, ImmutableArray<ConfigEntry> Entries)> _known = new(StringComparer.Ordinal);
    private EntrySet? _set;

    /// <summary>Reads the entries of <paramref name="files"/> once; null if there is any error.</summary>
    public static EntrySet? Read(IEnumerable<string> files, ConfigErrors errors) =>
        new EntryFolder(new ReadContext()).Read(files, errors, errors);

    /// <summary>The entries of <paramref name="files"/>, or null if any file has an error: no change is applied in part.</summary>
    /// <param name="files">The files.</param>
    /// <param name="errors">Collects errors.</param>
    /// <param name="skipped">
    /// Collects paths that are not regular files and so hold no entries. Such a path in place of a file keeps that file's last entries.
    /// </param>
    public EntrySet? Read(IEnumerable<string> files, ConfigErrors errors, ConfigErrors skipped)
    {
        var before = errors.Count;
        var entries = new Dictionary<string, (byte[] Digest, ImmutableArray<ConfigEntry> Entries)>(StringComparer.Ordinal);
        foreach (var file in files)
        {
            place.Path = file;
            entries[file] = FileContent.Read(file, errors, skipped: skipped) is { } bytes
                ? Entries(bytes, file, errors)
                : _known.GetValueOrDefault(file, ([], []));
        }

        var set = EntrySet.From(entries.Values.SelectMany(each => each.Entries), errors, _set);
        if (errors.Count > before)
        {
            return null;
        }

        (_known, _set) = (entries, set);
        return set;
    }

    // A file without a change, as most are after a change of the folder, keeps its entries, and so its compiled chains.
    private (byte[] Digest, ImmutableArray<ConfigEntry> Entries) Entries(byte[] bytes, string file, ConfigErrors errors)
    {
        var digest = SHA256.HashData(bytes);
        return _known.TryGetValue(file, out var known) && known.Digest.AsSpan().SequenceEqual(digest)
            ? known
            : (digest, Bind(bytes, file, errors));
    }

    private static ImmutableArray<ConfigEntry> Bind(byte[] bytes, string file, ConfigErrors errors) =>
        [.. YamlDocuments.Read(bytes, file, errors).Select(document => EntryBinder.Bind(document, errors)).OfType<ConfigEntry>()];
}
