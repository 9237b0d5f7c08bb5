using System.Globalization;

namespace GatewayMesh.Linux;

/// <summary>
/// Writes a file so that a reader sees the old or the new content, never a part, even after a crash of the machine. After the write it is
/// the new content.
/// </summary>
public static class AtomicFile
{
    /// <summary>
    /// Writes <paramref name="content"/> to a temporary file next to <paramref name="path"/>, syncs it to disk, renames it, and
    /// syncs the folder.
    /// </summary>
    /// <param name="path">Path of the file.</param>
    /// <param name="content">New content.</param>
    /// <param name="mode">Permissions of the file.</param>
    /// <param name="group">Id of the group of the file; null: the default group of the writer. With a group the permissions are exactly
    /// <paramref name="mode"/>, regardless of the umask.</param>
    /// <exception cref="IOException">
    /// The disk is full or not writable; the old file is unchanged. If the folder could not be synced, the new file is visible, but a crash
    /// of the machine can undo that.
    /// </exception>
    public static void Write(string path, ReadOnlySpan<byte> content, UnixFileMode mode, int? group = null) =>
        Write(path, content, mode, group, FolderEntries.Sync);

    /// <summary>
    /// Writes what <paramref name="write"/> writes to a temporary file next to <paramref name="path"/>, syncs it to disk, and renames it.
    /// </summary>
    /// <param name="path">Path of the file.</param>
    /// <param name="content">Passed to <paramref name="write"/>.</param>
    /// <param name="write">Writes the content. The stream can seek and has no buffer.</param>
    /// <param name="mode">Permissions of the file.</param>
    /// <exception cref="IOException">As in the other overload.</exception>
    public static void Write<T>(string path, T content, Action<FileStream, T> write, UnixFileMode mode) =>
        Write(path, content, write, mode, group: null, FolderEntries.Sync);

    /// <summary>For tests: <paramref name="sync"/> syncs the folder.</summary>
    internal static void Write(string path, ReadOnlySpan<byte> content, UnixFileMode mode, int? group, Action<string> sync) =>
        Write(path, content, static (file, content) => file.Write(content), mode, group, sync);

    private static void Write<T>(
        string path, T content, Action<FileStream, T> write, UnixFileMode mode, int? group, Action<string> sync)
        where T : allows ref struct
    {
        // The leading dot and the suffix keep the file from being read as an entry; the pid keeps two processes apart.
        var temporary = Path.Combine(
            Path.GetDirectoryName(path)!,
            string.Create(CultureInfo.InvariantCulture, $".{Path.GetFileName(path)}.{Environment.ProcessId}.tmp"));
        try
        {
            File.Delete(temporary);
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = mode;
            }

            using (var file = new FileStream(temporary, options))
            {
                if (group is { } id && !OperatingSystem.IsWindows())
                {
                    // Set before the file has any content.
                    if (Libc.fchown((int)file.SafeFileHandle.DangerousGetHandle(), -1, id) != 0)
                    {
                        throw LinuxException.Last("fchown");
                    }

                    File.SetUnixFileMode(file.SafeFileHandle, mode);
                }

                write(file, content);
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
            sync(Path.GetDirectoryName(path)!);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            TryDelete(temporary);
            throw exception as IOException ?? new IOException(exception.Message, exception);
        }
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A failed write can hardly be cleaned up; the next write deletes the file first.
        }
    }
}
