using System.Buffers.Binary;
using StackExchange.Redis;

namespace GatewayMesh.Proxy.Idempotency.Redis;

/// <summary>States and fingerprints as a server keeps them.</summary>
internal static class KeyEncoding
{
    private const int PrintSize = Digest.Size + sizeof(long) + 1;

    /// <summary>Returns the word of an outcome.</summary>
    public static string Of(KeyState outcome) => outcome switch
    {
        KeyState.Answered => "answered",
        KeyState.NotKept => "notKept",
        KeyState.Claimed => "free",
        _ => "unknown",
    };

    /// <summary>Returns the state of a record. One with any other word has an unknown outcome: its request never runs again.</summary>
    public static KeyState StateOf(string? word) => word switch
    {
        "answered" => KeyState.Answered,
        "notKept" => KeyState.NotKept,
        _ => KeyState.Unknown,
    };

    /// <summary>Returns a fingerprint: hash, length, and 1 if it covers the whole body. Empty for none.</summary>
    public static RedisValue Of(Fingerprint? print)
    {
        if (print is not { } known)
        {
            return RedisValue.EmptyString;
        }

        var bytes = new byte[PrintSize];
        known.Hash.Write(bytes);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(Digest.Size), known.Length);
        bytes[^1] = known.IsWhole ? (byte)1 : (byte)0;
        return bytes;
    }

    /// <summary>Reads a fingerprint; null if the bytes are none.</summary>
    public static Fingerprint? PrintOf(byte[]? bytes) =>
        bytes is { Length: PrintSize } && BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(Digest.Size)) is >= 0 and var length
            ? new Fingerprint(Digest.Read(bytes), length, bytes[^1] == 1)
            : null;
}
