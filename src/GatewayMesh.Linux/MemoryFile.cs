namespace GatewayMesh.Linux;

/// <summary>A file without a name (memfd): content that is handed to another process with a descriptor.</summary>
public static unsafe class MemoryFile
{
    private const uint CloseOnExec = 1;

    /// <summary>Makes one with <paramref name="content"/>.</summary>
    /// <param name="name">Shown in <c>/proc/PID/fd</c>.</param>
    /// <param name="content">Its bytes.</param>
    /// <exception cref="LinuxException">No memory or descriptor left.</exception>
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

    /// <summary>Reads all of it, from the start, wherever its offset stands.</summary>
    /// <param name="file">The file.</param>
    /// <param name="limit">The most that is read, in bytes.</param>
    /// <exception cref="LinuxException">It cannot be read.</exception>
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
