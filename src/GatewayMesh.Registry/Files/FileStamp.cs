using GatewayMesh.Linux;

namespace GatewayMesh.Registry.Files;

/// <summary>A file that holds documents, at one moment.</summary>
/// <param name="Path">Its path.</param>
/// <param name="Trace">Its version.</param>
internal readonly record struct FileStamp(string Path, FileTrace Trace)
{
    /// <summary>The stamp of the file.</summary>
    public static FileStamp Of(FileInfo file) => new(file.FullName, FileTrace.Of(file));

    /// <summary>The stamps of the files in <paramref name="folder"/> that hold documents, by name.</summary>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder cannot be read.</exception>
    public static FileStamp[] List(string folder) =>
    [
        // Folders under the name of a document too: somebody must be told that they are none.
        .. new DirectoryInfo(folder).EnumerateFileSystemInfos()
            .Where(file => IsDocument(file.Name))
            .OrderBy(file => file.Name, StringComparer.Ordinal)
            .Select(file => Of(file as FileInfo ?? new FileInfo(file.FullName))),
    ];

    /// <summary>Whether a file of this name holds documents.</summary>
    public static bool IsDocument(string name) =>
        !name.StartsWith('.') && System.IO.Path.GetExtension(name) is (".yaml" or ".yml" or ".json");
}
