namespace GatewayMesh.Linux;

/// <summary>A path names a FIFO, socket, device, or folder instead of a regular file.</summary>
/// <param name="path">Path of the file.</param>
/// <param name="kind">Kind of the file, in words.</param>
public sealed class NotRegularFileException(string path, string kind) : IOException($"{path} is {kind}, not a regular file")
{
    /// <summary>Kind of the file, in words: <c>a FIFO</c>.</summary>
    public string Kind { get; } = kind;
}
