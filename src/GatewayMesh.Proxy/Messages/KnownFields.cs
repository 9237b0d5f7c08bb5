using System.Buffers.Binary;
using System.Text;

namespace GatewayMesh.Proxy.Messages;

/// <summary>
/// Names of the known fields. A name is found by its length and its first, middle, and last byte, which differ for all of them, and then
/// compared without case.
/// </summary>
internal static class KnownFields
{
    private const int Slots = 256;

    private static readonly string[] Names =
    [
        "", "Host", "Connection", "Content-Length", "Transfer-Encoding", "Keep-Alive", "Proxy-Connection", "TE", "Trailer", "Upgrade",
        "Proxy-Authorization", "Proxy-Authenticate", "HTTP2-Settings", "Expect", "Via", "Max-Forwards", "X-Request-Id", "traceparent",
        "tracestate", "b3", "X-B3-TraceId", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Client-Cert",
        "X-Real-IP", "Forwarded", "Client-Cert", "Client-Cert-Chain", "Proxy-Status", "Cookie", "Content-Type", "grpc-timeout",
        "grpc-status", "grpc-message", "Retry-After", "gatewaymesh-attempt", "gatewaymesh-hops", "gatewaymesh-timeout-ms",
        "gatewaymesh-source", "gatewaymesh-destination", "gatewaymesh-bypass", "gatewaymesh-draw", "gatewaymesh-criticality",
        "gatewaymesh-node", "gatewaymesh-mirror", "User-Agent", "Accept", "Accept-Encoding", "Accept-Language", "Authorization", "Date", "Server",
        "Content-Encoding", "Cache-Control", "ETag", "Last-Modified", "Location", "Set-Cookie", "Vary", "Origin", "Referer",
        "Content-Location", "If-None-Match",
    ];

    private static readonly byte[][] Spellings = Array.ConvertAll(Names, Encoding.ASCII.GetBytes);

    private static readonly byte[][] LowerSpellings = Array.ConvertAll(
        Names, static name => Encoding.ASCII.GetBytes(name.ToLowerInvariant()));

    private static readonly byte[] Table = Fill();

    /// <summary>Number of known fields, including <see cref="KnownField.None"/>.</summary>
    public static int Count => Names.Length;

    /// <summary>Returns the usual spelling of a field's name; empty for <see cref="KnownField.None"/>.</summary>
    public static string NameOf(KnownField field) => Names[(int)field];

    /// <summary>Returns the usual spelling of a field's name as bytes.</summary>
    public static ReadOnlySpan<byte> BytesOf(KnownField field) => Spellings[(int)field];

    /// <summary>Returns the field named <paramref name="name"/>, compared without case; None if it is not known.</summary>
    /// <param name="name">A token (RFC 9110 §5.6.2), not empty. Other bytes may be taken for letters or hyphens.</param>
    public static KnownField Find(ReadOnlySpan<byte> name)
    {
        var found = Table[Slot(name.Length, name[0], name[name.Length / 2], name[^1])];
        return IsSame(name, LowerSpellings[found]) ? (KnownField)found : KnownField.None;
    }

    /// <summary>Returns the field named <paramref name="name"/>, compared without case; None if it is not known.</summary>
    public static KnownField Find(ReadOnlySpan<char> name)
    {
        if (name.IsEmpty)
        {
            return KnownField.None;
        }

        var found = Table[Slot(name.Length, name[0], name[name.Length / 2], name[^1])];
        var usual = Names[found];
        return usual.Length == name.Length && (name.SequenceEqual(usual) || Ascii.EqualsIgnoreCase(name, usual))
            ? (KnownField)found
            : KnownField.None;
    }

    // The factors were searched for, so that no two names share a slot; a test holds that.
    private static int Slot(int length, int first, int middle, int last) =>
        ((length * 11) + ((first | 0x20) * 3) + ((middle | 0x20) * 7) + (last | 0x20)) & (Slots - 1);

    // Bit 5 is the case of a letter, and set in digits and hyphens: with it set, only a name's own spellings are equal to the name.
    private static bool IsSame(ReadOnlySpan<byte> name, ReadOnlySpan<byte> lower)
    {
        if (name.Length != lower.Length)
        {
            return false;
        }

        if (name.Length >= sizeof(ulong))
        {
            const ulong Case = 0x2020_2020_2020_2020;
            for (var i = 0; i < name.Length - sizeof(ulong); i += sizeof(ulong))
            {
                if ((BinaryPrimitives.ReadUInt64LittleEndian(name[i..]) | Case) != BinaryPrimitives.ReadUInt64LittleEndian(lower[i..]))
                {
                    return false;
                }
            }

            return (BinaryPrimitives.ReadUInt64LittleEndian(name[^sizeof(ulong)..]) | Case)
                == BinaryPrimitives.ReadUInt64LittleEndian(lower[^sizeof(ulong)..]);
        }

        for (var i = 0; i < name.Length; i++)
        {
            if ((name[i] | 0x20) != lower[i])
            {
                return false;
            }
        }

        return true;
    }

    private static byte[] Fill()
    {
        var table = new byte[Slots];
        for (var i = 1; i < Names.Length; i++)
        {
            var name = Names[i];
            table[Slot(name.Length, name[0], name[name.Length / 2], name[^1])] = (byte)i;
        }

        return table;
    }
}
