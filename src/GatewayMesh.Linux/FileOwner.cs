namespace GatewayMesh.Linux;

/// <summary>The owner of a file or folder (<c>statx(2)</c>); a symbolic link is not followed.</summary>
/// <param name="User">Id of the user.</param>
/// <param name="Inode">Inode number in the file system.</param>
public readonly unsafe record struct FileOwner(uint User, ulong Inode)
{
    /// <summary>Effective user of this process.</summary>
    public static uint Self => Libc.geteuid();

    /// <summary>Owner of <paramref name="path"/>; null when the file does not exist or is not accessible.</summary>
    public static FileOwner? Of(string path)
    {
        const int AtCurrentFolder = -100, NoFollow = 0x100, BasicStats = 0x7FF, UserOffset = 20, InodeOffset = 32;
        var buffer = stackalloc byte[256];
        return Libc.statx(AtCurrentFolder, path, NoFollow, BasicStats, buffer) != 0
            ? null
            : new FileOwner(*(uint*)(buffer + UserOffset), *(ulong*)(buffer + InodeOffset));
    }
}
