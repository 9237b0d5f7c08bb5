using System.Collections.Immutable;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Linux;
using GatewayMesh.Registry.Bootstrap;
using GatewayMesh.Registry.Files;
using GatewayMesh.Registry.Yaml;

namespace GatewayMesh.Registry.Validation;

/// <summary>The result of validating files and folders that are not in use.</summary>
/// <param name="Files">The number of validated files.</param>
/// <param name="Errors">All errors, by file and line.</param>
public sealed record PathValidation(int Files, ImmutableArray<ConfigError> Errors)
{
    /// <summary>
    /// Validates each path: a single file, or a folder as a registry, whose entries are also checked against each other. The content
    /// decides the type of a file: entries have a kind, a bootstrap file has none.
    /// </summary>
    public static PathValidation Of(IEnumerable<string> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        var errors = new ConfigErrors();
        var files = 0;
        foreach (var path in paths)
        {
            if (IsFolder(path))
            {
                files += ReadFolder(path, errors);
            }
            else
            {
                files++;
                _ = EntrySet.From(ReadFile(path, alone: true, errors), errors);
            }
        }

        return new PathValidation(files, errors.ToSorted());
    }

    // A blocked path is reported by the read.
    private static bool IsFolder(string path)
    {
        try
        {
            return TimedRead.Run(path, TimedRead.Limit, () => Directory.Exists(path));
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static int ReadFolder(string folder, ConfigErrors errors)
    {
        var documents = List(folder, errors);
        var entries = documents.SelectMany(file => ReadFile(file, alone: false, errors)).ToList();
        _ = EntrySet.From(entries, errors);
        var nodes = Path.Combine(folder, "nodes");
        var records = IsFolder(nodes) ? List(nodes, errors) : [];
        foreach (var record in records)
        {
            if (FileContent.ReadInTime(record, errors) is { } bytes)
            {
                var before = errors.Count;
                var document = YamlDocuments.ReadOne(bytes, record, errors);
                _ = errors.Count > before ? null : NodeRecordBinder.Bind(document, errors);
            }
        }

        return documents.Length + records.Length;
    }

    private static ImmutableArray<string> List(string folder, ConfigErrors errors)
    {
        try
        {
            // Paths as given, so that errors show what the user typed.
            return [
                .. TimedRead.Run(folder, TimedRead.Limit, () => FileStamp.List(folder)).Select(
                    stamp => Path.Combine(folder, Path.GetFileName(stamp.Path)))];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            errors.Add(SourceLocation.Option(folder), "", $"cannot be read ({exception.Message})", "check the permissions of the folder");
            return [];
        }
    }

    private static List<ConfigEntry> ReadFile(string path, bool alone, ConfigErrors errors)
    {
        var entries = new List<ConfigEntry>();
        if (FileContent.ReadInTime(path, errors) is not { } bytes)
        {
            return entries;
        }

        var before = errors.Count;
        var documents = YamlDocuments.Read(bytes, path, errors);
        if (documents.IsEmpty && alone && errors.Count == before)
        {
            errors.Add(new SourceLocation(path, 1, 1), "", "is empty", "write a bootstrap file (role: sidecar …) or entries (kind: …)");
        }

        if (documents is [var first, ..] && !EntryBinder.IsEntry(first) && IsBootstrap(first))
        {
            var options = BootstrapOptions.None with { RegistryRequired = false };
            _ = BootstrapFile.FromBytes(bytes, path, options, ImmutableDictionary<string, string>.Empty, out var found);
            errors.AddRange(found);
            return entries;
        }

        foreach (var document in documents)
        {
            if (EntryBinder.Bind(document, errors) is { } entry)
            {
                entries.Add(entry);
            }
        }

        return entries;
    }

    private static bool IsBootstrap(ConfigNode document) =>
        document is ConfigMapping mapping && mapping.Pairs.Any(pair => BootstrapBinder.Keys.Contains(pair.Key));
}
