namespace GatewayMesh.Linux;

/// <summary>
/// Fingerprint that distinguishes versions of a file without reading it, also for a link that now points elsewhere (a mounted secret
/// changes the target, not the link). Times are compared only for equality, never with a clock.
/// </summary>
/// <param name="Target">Final target of a link; otherwise the file itself.</param>
/// <param name="Written">Time of the last write.</param>
/// <param name="Length">Length in bytes; −1 when the file does not exist.</param>
public readonly record struct FileTrace(string? Target, DateTime Written, long Length)
{
    /// <summary>Fingerprint of the file at <paramref name="path"/>; null: of no file.</summary>
    public static FileTrace Of(string? path) => path is null ? default : Of(new FileInfo(path));

    /// <summary>Fingerprint of <paramref name="file"/>.</summary>
    public static FileTrace Of(FileInfo file)
    {
        ArgumentNullException.ThrowIfNull(file);
        try
        {
            var target = file.LinkTarget is null ? file : file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file;
            return target.Exists
                ? new FileTrace(target.FullName, target.LastWriteTimeUtc, target.Length)
                : new FileTrace(file.FullName, default, -1);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return new FileTrace(file.FullName, default, -1);
        }
    }
}
