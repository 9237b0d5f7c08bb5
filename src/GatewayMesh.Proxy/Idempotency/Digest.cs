using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace GatewayMesh.Proxy.Idempotency;

/// <summary>A SHA-256 digest: of a key with its caller and service, or of a request.</summary>
/// <param name="A">First 8 bytes.</param>
/// <param name="B">Second 8 bytes.</param>
/// <param name="C">Third 8 bytes.</param>
/// <param name="D">Last 8 bytes.</param>
internal readonly record struct Digest(ulong A, ulong B, ulong C, ulong D)
{
    /// <summary>Bytes of a digest.</summary>
    public const int Size = 32;

    /// <summary>
    /// Returns the digest of a key of one caller at one service. Each part has its length in front, so that no two triples give the same
    /// bytes.
    /// </summary>
    /// <param name="caller">Identity of the caller.</param>
    /// <param name="service">Called service.</param>
    /// <param name="key">The key.</param>
    public static Digest OfKey(string caller, string service, string key)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, caller);
        Append(hash, service);
        Append(hash, key);
        return Of(hash);
    }

    /// <summary>Returns the digest of what <paramref name="hash"/> has seen.</summary>
    public static Digest Of(IncrementalHash hash)
    {
        Span<byte> bytes = stackalloc byte[Size];
        hash.GetCurrentHash(bytes);
        return Read(bytes);
    }

    /// <summary>Reads a digest.</summary>
    public static Digest Read(ReadOnlySpan<byte> from) => new(
        BinaryPrimitives.ReadUInt64LittleEndian(from),
        BinaryPrimitives.ReadUInt64LittleEndian(from[8..]),
        BinaryPrimitives.ReadUInt64LittleEndian(from[16..]),
        BinaryPrimitives.ReadUInt64LittleEndian(from[24..]));

    /// <summary>Writes the digest.</summary>
    public void Write(Span<byte> to)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(to, A);
        BinaryPrimitives.WriteUInt64LittleEndian(to[8..], B);
        BinaryPrimitives.WriteUInt64LittleEndian(to[16..], C);
        BinaryPrimitives.WriteUInt64LittleEndian(to[24..], D);
    }

    private static void Append(IncrementalHash hash, string part)
    {
        var bytes = Encoding.UTF8.GetBytes(part);
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        hash.AppendData(length);
        hash.AppendData(bytes);
    }
}
