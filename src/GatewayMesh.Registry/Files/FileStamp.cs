using GatewayMesh.Linux;

namespace GatewayMesh.Registry.Files;

/// <summary>One version of a document file.</summary>
/// <param name="Path">The file's path.</param>
/// <param name="Trace">The file's version.</param>
internal readonly record struct FileStamp(string Path, FileTrace Trace)
{
    /// <summary>The stamp of a file.</summary>
    public static FileStamp Of(FileInfo file) => new(file.FullName, FileTrace.Of(file));

    /// <summary>The stamps of the document files in <paramref name="folder"/>, by name.</summary>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder cannot be read.</exception>
    public static FileStamp[] List(string folder) =>
    [
        // Includes folders named like documents, so that they are reported as errors.
        .. new DirectoryInfo(folder).EnumerateFileSystemInfos()
            .Where(file => IsDocument(file.Name))
            .OrderBy(file => file.Name, StringComparer.Ordinal)
            .Select(file => Of(file as FileInfo ?? new FileInfo(file.FullName))),
    ];

    /// <summary>True if a file of this name holds documents.</summary>
    public static bool IsDocument(string name) =>
        !name.StartsWith('.') && System.IO.Path.GetExtension(name) is (".yaml" or ".yml" or ".json");
}
