namespace GatewayMesh.Linux;

/// <summary>An anonymous file (memfd): content passed to another process by descriptor.</summary>
public static unsafe class MemoryFile
{
    private const uint CloseOnExec = 1;

    /// <summary>Creates a file with <paramref name="content"/>.</summary>
    /// <param name="name">Name shown in <c>/proc/PID/fd</c>.</param>
    /// <param name="content">Content of the file.</param>
    /// <exception cref="LinuxException">No memory or descriptor is left.</exception>
    public static Descriptor Create(string name, ReadOnlySpan<byte> content)
    {
        var fd = Libc.memfd_create(name, CloseOnExec);
        if (fd < 0)
        {
            throw LinuxException.Last("memfd_create");
        }

        var file = new Descriptor(fd);
        while (!content.IsEmpty)
        {
            fixed (byte* bytes = content)
            {
                var written = Libc.write(fd, bytes, (nuint)content.Length);
                if (written <= 0)
                {
                    file.Dispose();
                    throw LinuxException.Last("write");
                }

                content = content[(int)written..];
            }
        }

        return file;
    }

    /// <summary>Reads the whole file from the start, regardless of its offset.</summary>
    /// <param name="file">File to read.</param>
    /// <param name="limit">Maximum number of bytes.</param>
    /// <exception cref="LinuxException">The file cannot be read.</exception>
    public static byte[] ReadAll(Descriptor file, int limit)
    {
        var content = new byte[Math.Min(limit, Libc.lseek(file.Number, 0, 2))];
        var filled = 0;
        while (filled < content.Length)
        {
            fixed (byte* bytes = &content[filled])
            {
                var count = Libc.pread(file.Number, bytes, (nuint)(content.Length - filled), filled);
                if (count <= 0)
                {
                    throw LinuxException.Last("pread");
                }

                filled += (int)count;
            }
        }

        return content;
    }
}
