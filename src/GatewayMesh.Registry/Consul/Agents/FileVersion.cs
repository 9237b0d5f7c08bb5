namespace GatewayMesh.Registry.Consul.Agents;

/// <summary>What tells that a file was written: its time and its length.</summary>
internal readonly record struct FileVersion(DateTime WrittenAt, long Length)
{
    /// <summary>That of <paramref name="path"/>; the default for null and for a file that is not there.</summary>
    public static FileVersion Of(string? path) =>
        path is not null && new FileInfo(path) is { Exists: true } file ? new FileVersion(file.LastWriteTimeUtc, file.Length) : default;
}
