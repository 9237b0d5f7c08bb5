using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;

namespace GatewayMesh.Proxy.RateLimiting;

/// <summary>
/// Hash of the parts of a request, 128 bits: SipHash-2-4 (Aumasson and Bernstein, INDOCRYPT 2012) over the UTF-16 code units, each part
/// with its length in front. A client that does not know the secret cannot find a value that shares the bucket of another, and a bucket
/// takes the same memory for a value of any length. A key that nodes share has no secret, and is hashed with SHA-256 instead.
/// </summary>
internal ref struct KeyHash
{
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? OfThread;

    private readonly ArrayBufferWriter<byte>? _words;
    private ulong _v0;
    private ulong _v1;
    private ulong _v2;
    private ulong _v3;

    /// <summary>Starts a hash under a secret of 128 bits.</summary>
    public KeyHash(UInt128 secret)
    {
        var (k0, k1) = ((ulong)secret, (ulong)(secret >> 64));
        _v0 = k0 ^ 0x736f6d6570736575UL;
        _v1 = k1 ^ 0x646f72616e646f6dUL ^ 0xee;
        _v2 = k0 ^ 0x6c7967656e657261UL;
        _v3 = k1 ^ 0x7465646279746573UL;
    }

    private KeyHash(ArrayBufferWriter<byte> words)
    {
        _words = words;
        words.ResetWrittenCount();
    }

    /// <summary>Starts a hash that is the same at all nodes. One at a time in a thread.</summary>
    public static KeyHash Shared() => new(OfThread ??= new ArrayBufferWriter<byte>(256));

    /// <summary>Returns a random secret.</summary>
    public static UInt128 NewSecret() =>
        BitConverter.ToUInt128(RandomNumberGenerator.GetBytes(16));

    /// <summary>Adds a part that the request does not have; differs from an empty one.</summary>
    public void AddNone() => Word(ulong.MaxValue);

    /// <summary>Adds a number.</summary>
    public void Add(ulong value) => Word(value);

    /// <summary>Adds a text.</summary>
    public void Add(ReadOnlySpan<char> text)
    {
        Word((ulong)text.Length);
        while (text.Length >= 4)
        {
            Word(text[0] | ((ulong)text[1] << 16) | ((ulong)text[2] << 32) | ((ulong)text[3] << 48));
            text = text[4..];
        }

        if (!text.IsEmpty)
        {
            var last = 0UL;
            for (var i = 0; i < text.Length; i++)
            {
                last |= (ulong)text[i] << (16 * i);
            }

            Word(last);
        }
    }

    /// <summary>Ends the hash.</summary>
    public UInt128 End()
    {
        if (_words is { } words)
        {
            Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(words.WrittenSpan, digest);
            return BinaryPrimitives.ReadUInt128BigEndian(digest);
        }

        _v2 ^= 0xee;
        var low = Finish();
        _v1 ^= 0xdd;
        return new UInt128(Finish(), low);
    }

    private ulong Finish()
    {
        for (var i = 0; i < 4; i++)
        {
            Round();
        }

        return _v0 ^ _v1 ^ _v2 ^ _v3;
    }

    private void Word(ulong word)
    {
        if (_words is { } words)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(words.GetSpan(sizeof(ulong)), word);
            words.Advance(sizeof(ulong));
            return;
        }

        _v3 ^= word;
        Round();
        Round();
        _v0 ^= word;
    }

    private void Round()
    {
        _v0 += _v1;
        _v1 = BitOperations.RotateLeft(_v1, 13) ^ _v0;
        _v0 = BitOperations.RotateLeft(_v0, 32);
        _v2 += _v3;
        _v3 = BitOperations.RotateLeft(_v3, 16) ^ _v2;
        _v0 += _v3;
        _v3 = BitOperations.RotateLeft(_v3, 21) ^ _v0;
        _v2 += _v1;
        _v1 = BitOperations.RotateLeft(_v1, 17) ^ _v2;
        _v2 = BitOperations.RotateLeft(_v2, 32);
    }
}
