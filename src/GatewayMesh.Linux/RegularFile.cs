using Microsoft.Win32.SafeHandles;

namespace GatewayMesh.Linux;

/// <summary>
/// Reads whole files that others can replace at any time. What is opened is looked at before it is read, so a FIFO, a device or a folder under the name of a file
/// is refused and holds nobody up, also when it takes the file's place between a look and the opening.
/// </summary>
public static unsafe class RegularFile
{
    /// <summary>The bytes of the file at <paramref name="path"/>; links are followed.</summary>
    /// <param name="path">The file.</param>
    /// <param name="most">The most bytes that it may have. One that is larger is not read.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    /// <exception cref="FileTooLargeException">It is larger than <paramref name="most"/>.</exception>
    /// <exception cref="NotRegularFileException">It is no regular file.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static byte[] ReadAllBytes(string path, int most)
    {
        using var file = Open(path);
        var length = RandomAccess.GetLength(file);
        if (length > most)
        {
            throw new FileTooLargeException(path, most);
        }

        // It may grow meanwhile, and files of /proc have no length before they are read.
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

    /// <summary>The text of the file at <paramref name="path"/>, which is UTF-8 with or without a byte order mark; otherwise as <see cref="ReadAllBytes"/>.</summary>
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

        // Without O_NONBLOCK the opening of a FIFO waits for a writer, for ever.
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
                ? new FileNotFoundException($"{path}: there is no such file", path)
                : new DirectoryNotFoundException($"{path}: there is no such folder"),
            Libc.EACCES or Libc.EPERM => new UnauthorizedAccessException($"Access to the path '{path}' is denied."),
            Libc.ENXIO => new NotRegularFileException(path, "a socket"),
            _ => new IOException($"{path}: {System.Runtime.InteropServices.Marshal.GetPInvokeErrorMessage(error)}"),
        };
    }
}
