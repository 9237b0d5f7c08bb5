namespace GatewayMesh.Linux;

/// <summary>A file exceeds its reader's limit and was not read.</summary>
/// <param name="path">Path of the file.</param>
/// <param name="most">Maximum number of bytes.</param>
public sealed class FileTooLargeException(string path, int most) : IOException($"{path} is larger than {most / 1024} KiB");
