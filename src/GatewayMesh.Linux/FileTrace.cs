namespace GatewayMesh.Linux;

/// <summary>
/// What tells one version of a file from the next without reading it, also where it is a link that leads elsewhere now (a mounted secret changes the
/// target, not the link). Times are compared for equality only, never with a clock.
/// </summary>
/// <param name="Target">Where a link leads in the end; the file itself when it is none.</param>
/// <param name="Written">When it was written.</param>
/// <param name="Length">How long it is, in bytes; −1 when there is none.</param>
public readonly record struct FileTrace(string? Target, DateTime Written, long Length)
{
    /// <summary>Of the file at <paramref name="path"/> now; of no file for null.</summary>
    public static FileTrace Of(string? path) => path is null ? default : Of(new FileInfo(path));

    /// <summary>Of <paramref name="file"/> now.</summary>
    public static FileTrace Of(FileInfo file)
    {
        ArgumentNullException.ThrowIfNull(file);
        try
        {
            var target = file.LinkTarget is null ? file : file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file;
            return target.Exists ? new FileTrace(target.FullName, target.LastWriteTimeUtc, target.Length) : new FileTrace(file.FullName, default, -1);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return new FileTrace(file.FullName, default, -1);
        }
    }
}
