namespace GatewayMesh.Proxy.Edge;

/// <summary>What tells one version of a file from the next without reading it, also where it is a link that leads elsewhere now.</summary>
/// <param name="Target">Where a link leads in the end; the file itself when it is none.</param>
/// <param name="Written">When it was written.</param>
/// <param name="Length">How long it is, in bytes; −1 when there is none.</param>
internal sealed record FileTrace(string Target, DateTime Written, long Length)
{
    /// <summary>Of the file at <paramref name="path"/> now.</summary>
    public static FileTrace Of(string path)
    {
        try
        {
            FileSystemInfo file = new FileInfo(path);
            file = file.LinkTarget is null ? file : file.ResolveLinkTarget(returnFinalTarget: true) ?? file;
            return file is FileInfo { Exists: true } there ? new FileTrace(there.FullName, there.LastWriteTimeUtc, there.Length) : new FileTrace(path, default, -1);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return new FileTrace(path, default, -1);
        }
    }
}
