namespace GatewayMesh.Registry.Files;

/// <summary>What tells one state of a file from another without reading it. Times are compared for equality only, never with a clock.</summary>
/// <param name="Path">Its path.</param>
/// <param name="Written">Its modification time.</param>
/// <param name="Size">Its size in bytes.</param>
internal readonly record struct FileStamp(string Path, DateTime Written, long Size)
{
    /// <summary>The stamp of the file, or of what a link leads to: a mounted ConfigMap changes the target, not the link.</summary>
    public static FileStamp Of(FileInfo file)
    {
        var target = file.LinkTarget is null ? file : file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file;
        return new FileStamp(file.FullName, target.LastWriteTimeUtc, target.Exists ? target.Length : -1);
    }

    /// <summary>The stamps of the files in <paramref name="folder"/> that hold documents, by name.</summary>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder cannot be read.</exception>
    public static FileStamp[] List(string folder) =>
    [
        .. new DirectoryInfo(folder).EnumerateFiles()
            .Where(file => IsDocument(file.Name))
            .OrderBy(file => file.Name, StringComparer.Ordinal)
            .Select(Of),
    ];

    /// <summary>Whether a file of this name holds documents.</summary>
    public static bool IsDocument(string name) =>
        !name.StartsWith('.') && System.IO.Path.GetExtension(name) is (".yaml" or ".yml" or ".json");
}
