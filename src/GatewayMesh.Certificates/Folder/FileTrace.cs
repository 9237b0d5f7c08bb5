namespace GatewayMesh.Certificates.Folder;

/// <summary>What tells one version of a file from the next without reading it.</summary>
/// <param name="Written">When it was written.</param>
/// <param name="Length">How long it is, in bytes.</param>
internal sealed record FileTrace(DateTime Written, long Length)
{
    /// <summary>Of the file at <paramref name="path"/>; null when there is none.</summary>
    public static FileTrace? Of(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? new FileTrace(file.LastWriteTimeUtc, file.Length) : null;
    }
}
