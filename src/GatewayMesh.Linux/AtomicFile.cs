using System.Globalization;

namespace GatewayMesh.Linux;

/// <summary>Writes a file so that a reader sees the old content or the new one, never a part, also after a crash.</summary>
public static class AtomicFile
{
    /// <summary>Writes <paramref name="content"/> beside <paramref name="path"/>, brings it to the disk and renames it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="content">Its new content.</param>
    /// <param name="mode">Its permissions.</param>
    /// <param name="group">The id of the group that it is to belong to; null: whoever writes it decides. With a group its permissions are exactly <paramref name="mode"/>, whatever the umask.</param>
    /// <exception cref="IOException">The disk is full or cannot be written to; the old file is untouched.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content, UnixFileMode mode, int? group = null)
    {
        // The leading dot and the ending keep it from being read as an entry; the pid keeps two processes apart.
        var temporary = Path.Combine(Path.GetDirectoryName(path)!, string.Create(CultureInfo.InvariantCulture, $".{Path.GetFileName(path)}.{Environment.ProcessId}.tmp"));
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
                    // Before there is anything to read in it.
                    if (Libc.fchown((int)file.SafeFileHandle.DangerousGetHandle(), -1, id) != 0)
                    {
                        throw LinuxException.Last("fchown");
                    }

                    File.SetUnixFileMode(file.SafeFileHandle, mode);
                }

                file.Write(content);
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
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
            // What could not be written can hardly be deleted; the next write deletes it first.
        }
    }
}
