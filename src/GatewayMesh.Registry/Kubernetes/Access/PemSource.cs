using GatewayMesh.Linux;

namespace GatewayMesh.Registry.Kubernetes.Access;

/// <summary>PEM text: a file that may change, or text that was given directly.</summary>
public sealed record PemSource
{
    private const int Longest = 1024 * 1024;

    private PemSource(string? file, string text) => (File, Text) = (file, text);

    /// <summary>Path of the file; null for given text.</summary>
    public string? File { get; }

    private string Text { get; }

    /// <summary>The content of a file, read at each use.</summary>
    public static PemSource OfFile(string path) => new(path, "");

    /// <summary>Given text.</summary>
    public static PemSource OfText(string text) => new(null, text);

    /// <summary>Fingerprint of the current version of the file; constant for given text.</summary>
    internal FileTrace Version => FileTrace.Of(File);

    /// <summary>The PEM text now.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file is not accessible.</exception>
    internal string Read() => File is null ? Text : RegularFile.ReadAllText(File, Longest);
}
