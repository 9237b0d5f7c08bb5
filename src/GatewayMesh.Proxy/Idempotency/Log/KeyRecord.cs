using System.Buffers.Binary;
using System.Numerics;

namespace GatewayMesh.Proxy.Idempotency.Log;

/// <summary>
/// Head of a record; the payload follows. Little-endian:
/// <code>
/// magic 4 · CRC-32C of the bytes from 8 to 112, 4 · kind 1 · flags 1 · 2 unused · payload: length 4, CRC-32C 4 · 4 unused
/// owner 8 · expiry (Unix ms) 8 · key 32 · fingerprint: hash 32, length 8
/// </code>
/// </summary>
/// <param name="Kind">Kind of the record.</param>
/// <param name="Key">The key.</param>
internal readonly record struct KeyRecord(KeyRecordKind Kind, Digest Key)
{
    /// <summary>Bytes of a head.</summary>
    public const int Size = 112;

    private const uint Magic = 0x314B_4D47; // GMK1
    private const byte HasPrint = 1;
    private const byte IsWhole = 2;

    /// <summary>Process that the record is from.</summary>
    public ulong Owner { get; init; }

    /// <summary>End of the key's time, in milliseconds since 1970 UTC.</summary>
    public long Expiry { get; init; }

    /// <summary>Fingerprint of the request; null if it was not known.</summary>
    public Fingerprint? Print { get; init; }

    /// <summary>Length of the payload in bytes.</summary>
    public int PayloadLength { get; init; }

    /// <summary>Checksum of the payload.</summary>
    public uint PayloadCrc { get; init; }

    /// <summary>Writes the head.</summary>
    public void Write(Span<byte> to)
    {
        to[..Size].Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(to, Magic);
        to[8] = (byte)Kind;
        BinaryPrimitives.WriteInt32LittleEndian(to[12..], PayloadLength);
        BinaryPrimitives.WriteUInt32LittleEndian(to[16..], PayloadCrc);
        BinaryPrimitives.WriteUInt64LittleEndian(to[24..], Owner);
        BinaryPrimitives.WriteInt64LittleEndian(to[32..], Expiry);
        Key.Write(to[40..]);
        if (Print is { } print)
        {
            to[9] = (byte)(HasPrint | (print.IsWhole ? IsWhole : 0));
            print.Hash.Write(to[72..]);
            BinaryPrimitives.WriteInt64LittleEndian(to[104..], print.Length);
        }

        BinaryPrimitives.WriteUInt32LittleEndian(to[4..], Crc(to[8..Size]));
    }

    /// <summary>Reads a head; false if the bytes are not one, or damaged.</summary>
    public static bool TryRead(ReadOnlySpan<byte> from, out KeyRecord record)
    {
        record = default;
        if (from.Length < Size
            || BinaryPrimitives.ReadUInt32LittleEndian(from) != Magic
            || BinaryPrimitives.ReadUInt32LittleEndian(from[4..]) != Crc(from[8..Size])
            || from[8] is < (byte)KeyRecordKind.Begun or > (byte)KeyRecordKind.Continued
            || BinaryPrimitives.ReadInt32LittleEndian(from[12..]) < 0)
        {
            return false;
        }

        record = new KeyRecord((KeyRecordKind)from[8], Digest.Read(from[40..]))
        {
            PayloadLength = BinaryPrimitives.ReadInt32LittleEndian(from[12..]),
            PayloadCrc = BinaryPrimitives.ReadUInt32LittleEndian(from[16..]),
            Owner = BinaryPrimitives.ReadUInt64LittleEndian(from[24..]),
            Expiry = BinaryPrimitives.ReadInt64LittleEndian(from[32..]),
            Print = (from[9] & HasPrint) == 0
                ? null
                : new Fingerprint(
                    Digest.Read(from[72..]), BinaryPrimitives.ReadInt64LittleEndian(from[104..]), (from[9] & IsWhole) != 0),
        };
        return true;
    }

    /// <summary>Returns the CRC-32C (Castagnoli) of the bytes.</summary>
    public static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }

        foreach (var each in bytes)
        {
            crc = BitOperations.Crc32C(crc, each);
        }

        return ~crc;
    }
}
