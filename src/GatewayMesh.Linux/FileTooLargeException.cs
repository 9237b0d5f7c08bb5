namespace GatewayMesh.Linux;

/// <summary>A file has more bytes than its reader takes, and was not read.</summary>
/// <param name="path">The file.</param>
/// <param name="most">The most bytes that it may have.</param>
public sealed class FileTooLargeException(string path, int most) : IOException($"{path} is larger than {most / 1024} KiB");
