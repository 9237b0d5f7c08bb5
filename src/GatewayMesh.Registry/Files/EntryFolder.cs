using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Registry.Yaml;

namespace GatewayMesh.Registry.Files;

/// <summary>The entries that stand in the files of a registry's folder.</summary>
internal static class EntryFolder
{
    /// <summary>The entries of <paramref name="files"/>, or null when any of them is wrong: a half of a change is none.</summary>
    public static EntrySet? Read(IEnumerable<string> files, ConfigErrors errors)
    {
        var before = errors.Count;
        var entries = new List<ConfigEntry>();
        foreach (var file in files)
        {
            if (FileContent.Read(file, errors) is not { } bytes)
            {
                continue;
            }

            foreach (var document in YamlDocuments.Read(bytes, file, errors))
            {
                if (EntryBinder.Bind(document, errors) is { } entry)
                {
                    entries.Add(entry);
                }
            }
        }

        var set = EntrySet.From(entries, errors);
        return errors.Count == before ? set : null;
    }
}
