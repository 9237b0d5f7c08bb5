namespace GatewayMesh.Linux;

/// <summary>What stands under the name of a file is none that can be read as a whole: a FIFO, a socket, a device or a folder.</summary>
/// <param name="path">Its path.</param>
/// <param name="kind">What it is, in words.</param>
public sealed class NotRegularFileException(string path, string kind) : IOException($"{path} is {kind}, not a regular file")
{
    /// <summary>What it is, in words: <c>a FIFO</c>.</summary>
    public string Kind { get; } = kind;
}
