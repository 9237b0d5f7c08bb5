using System.Text;

namespace GatewayMesh.MeshTests.LifeCycle;

/// <summary>
/// The files within a single-file application. Its host holds the offset of the manifest before a fixed mark (the SHA-256 of ".net core
/// bundle"); the manifest lists the location of each file.
/// </summary>
internal sealed class Bundle
{
    private const int FirstWithCompression = 6; // major version of the manifest

    private static readonly byte[] Mark =
    [
        0x8b, 0x12, 0x02, 0xb9, 0x6a, 0x61, 0x20, 0x38, 0x72, 0x7b, 0x93, 0x02, 0x14, 0xd7, 0xa0, 0x32,
        0x13, 0xf5, 0xb9, 0xe6, 0xef, 0xae, 0x33, 0x18, 0xee, 0x3b, 0x2d, 0xce, 0x24, 0xb3, 0x6a, 0xae,
    ];

    private Bundle(IReadOnlyList<(string Name, byte[] Content)> files) => Files = files;

    /// <summary>The files, by their paths in the bundle.</summary>
    public IReadOnlyList<(string Name, byte[] Content)> Files { get; }

    /// <summary>Reads the bundle of an executable; null when it is not a bundle.</summary>
    public static Bundle? Read(string path)
    {
        var bytes = File.ReadAllBytes(path);
        var mark = bytes.AsSpan().IndexOf(Mark);
        var offset = mark < sizeof(long) ? 0 : BitConverter.ToInt64(bytes, mark - sizeof(long));
        if (offset <= 0)
        {
            return null;
        }

        using var reader = new BinaryReader(new MemoryStream(bytes), Encoding.UTF8);
        reader.BaseStream.Position = offset;
        var version = reader.ReadUInt32();
        reader.ReadUInt32(); // minor version
        var count = reader.ReadInt32();
        reader.ReadString(); // id
        reader.BaseStream.Position += 5 * sizeof(long); // locations of deps.json and runtimeconfig.json, flags
        var files = new List<(string, byte[])>();
        for (var i = 0; i < count; i++)
        {
            var (start, size) = (reader.ReadInt64(), reader.ReadInt64());
            var packed = version >= FirstWithCompression ? reader.ReadInt64() : 0;
            reader.ReadByte(); // kind
            var name = reader.ReadString();
            Assert.That(packed, Is.Zero, $"{name} is compressed");
            files.Add((name, bytes[(int)start..(int)(start + size)]));
        }

        return new Bundle(files);
    }
}
