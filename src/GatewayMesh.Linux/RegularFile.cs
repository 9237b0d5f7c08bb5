using Microsoft.Win32.SafeHandles;

namespace GatewayMesh.Linux;

/// <summary>
/// Reads whole files that others can replace at any time. The opened file is inspected before it is read, so a FIFO, device, or folder is
/// refused and never blocks, even when it replaces the file between a check and the open.
/// </summary>
public static unsafe class RegularFile
{
    /// <summary>Returns the bytes of the file at <paramref name="path"/>; links are followed.</summary>
    /// <param name="path">Path of the file.</param>
    /// <param name="most">Maximum number of bytes. A larger file is not read.</param>
    /// <exception cref="FileNotFoundException">The file does not exist.</exception>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    /// <exception cref="UnauthorizedAccessException">The file is not accessible.</exception>
    /// <exception cref="FileTooLargeException">The file is larger than <paramref name="most"/>.</exception>
    /// <exception cref="NotRegularFileException">The file is not a regular file.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static byte[] ReadAllBytes(string path, int most)
    {
        using var file = Open(path);
        var length = RandomAccess.GetLength(file);
        if (length > most)
        {
            throw new FileTooLargeException(path, most);
        }

        // The file may grow in the meantime, and files of /proc have no length before they are read.
        var bytes = new byte[Math.Max(length, 4096) + 1];
        var filled = 0;
        while (RandomAccess.Read(file, bytes.AsSpan(filled), filled) is > 0 and var read)
        {
            filled += read;
            if (filled > most)
            {
                throw new FileTooLargeException(path, most);
            }

            if (filled == bytes.Length)
            {
                Array.Resize(ref bytes, (int)Math.Min(2L * filled, most + 1L));
            }
        }

        return bytes[..filled];
    }

    /// <summary>
    /// Returns the text of the file at <paramref name="path"/>, which is UTF-8 with or without a byte order mark; otherwise like <see
    /// cref="ReadAllBytes"/>.
    /// </summary>
    public static string ReadAllText(string path, int most)
    {
        var bytes = ReadAllBytes(path, most).AsSpan();
        return System.Text.Encoding.UTF8.GetString(bytes.StartsWith("\uFEFF"u8) ? bytes[3..] : bytes);
    }

    private static SafeFileHandle Open(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }

        // Without O_NONBLOCK opening a FIFO waits for a writer indefinitely.
        var number = Libc.open(path, Libc.O_NONBLOCK | Libc.O_CLOEXEC | Libc.O_NOCTTY);
        if (number < 0)
        {
            throw Failure(path);
        }

        var file = new SafeFileHandle(number, ownsHandle: true);
        try
        {
            return KindOf(number, path) is { } kind ? throw new NotRegularFileException(path, kind) : file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    // Null: a regular file.
    private static string? KindOf(int number, string path)
    {
        const int Size = 256, Mode = 28;
        var found = stackalloc byte[Size];
        if (Libc.statx(number, "", Libc.AT_EMPTY_PATH, Libc.STATX_TYPE, found) != 0)
        {
            throw Failure(path);
        }

        return (*(ushort*)(found + Mode) & Libc.S_IFMT) switch
        {
            Libc.S_IFREG => null,
            Libc.S_IFDIR => "a folder",
            Libc.S_IFIFO => "a FIFO",
            Libc.S_IFSOCK => "a socket",
            _ => "a device",
        };
    }

    private static Exception Failure(string path)
    {
        var error = System.Runtime.InteropServices.Marshal.GetLastPInvokeError();
        return error switch
        {
            Libc.ENOENT or Libc.ENOTDIR => Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(path)))
                ? new FileNotFoundException($"{path}: the file does not exist", path)
                : new DirectoryNotFoundException($"{path}: the folder does not exist"),
            Libc.EACCES or Libc.EPERM => new UnauthorizedAccessException($"Access to the path '{path}' is denied."),
            Libc.ENXIO => new NotRegularFileException(path, "a socket"),
            _ => new IOException($"{path}: {System.Runtime.InteropServices.Marshal.GetPInvokeErrorMessage(error)}"),
        };
    }
}
