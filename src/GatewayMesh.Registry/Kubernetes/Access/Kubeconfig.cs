using System.Collections.Immutable;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Linux;
using GatewayMesh.Registry.Yaml;

namespace GatewayMesh.Registry.Kubernetes.Access;

/// <summary>
/// Reads a kubeconfig. Only the chosen context, its cluster, and its user are read, so that an entry that this mesh does not support costs
/// nothing while it is not used.
/// </summary>
public static class Kubeconfig
{
    private const int Largest = 4 * 1024 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>The access of a context; null after an error.</summary>
    /// <param name="path">The file. Relative paths in the file are relative to its folder.</param>
    /// <param name="context">The context; null: <c>current-context</c>.</param>
    /// <param name="errors">Collects errors, each with file, line, key, and fix.</param>
    /// <param name="time">Clock of credentials that expire.</param>
    public static ApiAccess? Read(string path, string? context, ConfigErrors errors, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(errors);
        byte[] bytes;
        try
        {
            bytes = TimedRead.Run(path, Patience, () => RegularFile.ReadAllBytes(path, Largest));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            errors.Add(SourceLocation.Option(path), "", $"cannot be read: {failure.Message}", "name a readable kubeconfig");
            return null;
        }

        var before = errors.Count;
        var document = YamlDocuments.ReadOne(bytes, path, errors, Largest);
        var access = errors.Count > before
            ? null
            : MappingReader.Read(document, KeyStyle.Lenient, errors, reader => Bind(reader, path, context, errors, time));
        return errors.Count > before ? null : access;
    }

    private static ApiAccess? Bind(MappingReader reader, string path, string? context, ConfigErrors errors, TimeProvider time)
    {
        var name = context ?? reader.Required("current-context", ScalarTypes.Text);
        if (name is null || Find(reader, "contexts", name, context is null ? "current-context" : null) is not { } chosen)
        {
            return null;
        }

        var (clusterName, userName, space) = chosen.Section("context", section => (
            section.Required("cluster", ScalarTypes.Text),
            section.Optional("user", ScalarTypes.Text, ""),
            section.Optional("namespace", ScalarTypes.Text, "default")));
        if (clusterName is null || Find(reader, "clusters", clusterName, null) is not { } cluster)
        {
            return null;
        }

        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var reached = cluster.Section("cluster", section => KubeconfigCluster.Bind(section, folder));
        if (userName.Length > 0 && Find(reader, "users", userName, null) is null)
        {
            return null;
        }

        var credentials = userName.Length == 0
            ? new FixedCredential(ApiCredential.None)
            : Find(reader, "users", userName, null)!.Section(
                "user", section => new KubeconfigUser(folder, reached, time, errors).Bind(section));
        return reached.Server is null || credentials is null ? null : new ApiAccess
        {
            Server = reached.Server,
            Roots = reached.Roots,
            ServerName = reached.ServerName,
            IsInsecure = reached.IsInsecure,
            Credentials = credentials,
            Namespace = space,
        };
    }

    // The entry of a list by its name. A missing entry is reported where its name was written.
    private static MappingReader? Find(MappingReader reader, string list, string name, string? namedBy)
    {
        var entries = reader.Items(list, entry => (Name: entry.Optional("name", ScalarTypes.Text, ""), Entry: entry));
        foreach (var (entryName, entry) in entries)
        {
            if (entryName == name)
            {
                return entry;
            }
        }

        var names = string.Join(", ", entries.Select(entry => entry.Name).Where(known => known.Length > 0).Take(20));
        reader.Fail(
            namedBy ?? list, $"there is no entry '{name}' in {list}", names.Length > 0 ? $"use one of {names}" : $"add it to {list}");
        return null;
    }
}
