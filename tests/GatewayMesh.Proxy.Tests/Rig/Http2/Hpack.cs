using System.Text;

namespace GatewayMesh.Proxy.Tests.Rig.Http2;

/// <summary>
/// The part of HPACK (RFC 7541) that two peers with an empty dynamic table need: writes literals, reads the static table, no Huffman code.
/// </summary>
internal static class Hpack
{
    private static readonly (string Name, string Value)[] Static =
    [
        (":authority", ""),
        (":method", "GET"),
        (":method", "POST"),
        (":path", "/"),
        (":path", "/index.html"),
        (":scheme", "http"),
        (":scheme", "https"),
        (":status", "200"),
        (":status", "204"),
        (":status", "206"),
        (":status", "304"),
        (":status", "400"),
        (":status", "404"),
        (":status", "500"),
        ("accept-charset", ""), ("accept-encoding", "gzip, deflate"), ("accept-language", ""), ("accept-ranges", ""), ("accept", ""),
        ("access-control-allow-origin", ""),
        ("age", ""),
        ("allow", ""),
        ("authorization", ""),
        ("cache-control", ""),
        ("content-disposition", ""),
        ("content-encoding", ""),
        ("content-language", ""),
        ("content-length", ""),
        ("content-location", ""),
        ("content-range", ""),
        ("content-type", ""),
        ("cookie", ""),
        ("date", ""),
        ("etag", ""),
        ("expect", ""),
        ("expires", ""),
        ("from", ""),
        ("host", ""),
        ("if-match", ""),
        ("if-modified-since", ""),
        ("if-none-match", ""),
        ("if-range", ""),
        ("if-unmodified-since", ""),
        ("last-modified", ""),
        ("link", ""),
        ("location", ""),
        ("max-forwards", ""),
        ("proxy-authenticate", ""),
        ("proxy-authorization", ""),
        ("range", ""),
        ("referer", ""),
        ("refresh", ""),
        ("retry-after", ""),
        ("server", ""),
        ("set-cookie", ""),
        ("strict-transport-security", ""),
        ("transfer-encoding", ""),
        ("user-agent", ""),
        ("vary", ""),
        ("via", ""),
        ("www-authenticate", ""),
    ];

    public static byte[] Encode(IEnumerable<(string Name, string Value)> fields)
    {
        var bytes = new List<byte>();
        foreach (var (name, value) in fields)
        {
            bytes.Add(0); // literal without indexing, new name
            Write(bytes, name);
            Write(bytes, value);
        }

        return [.. bytes];
    }

    public static Fields Decode(ReadOnlySpan<byte> bytes)
    {
        var fields = new Fields();
        while (!bytes.IsEmpty)
        {
            var first = bytes[0];
            if ((first & 0x80) != 0)
            {
                fields.Add(Static[Number(ref bytes, 7) - 1]);
            }
            else if ((first & 0xE0) == 0x20)
            {
                Number(ref bytes, 5); // size of the dynamic table
            }
            else
            {
                var index = Number(ref bytes, (first & 0x40) != 0 ? 6 : 4);
                var name = index == 0 ? Text(ref bytes) : Static[index - 1].Name;
                fields.Add((name, Text(ref bytes)));
            }
        }

        return fields;
    }

    private static void Write(List<byte> to, string text)
    {
        var length = text.Length;
        if (length < 127)
        {
            to.Add((byte)length);
        }
        else
        {
            to.Add(127);
            for (length -= 127; length >= 128; length >>= 7)
            {
                to.Add((byte)(length | 0x80));
            }

            to.Add((byte)length);
        }

        to.AddRange(Encoding.Latin1.GetBytes(text));
    }

    private static int Number(ref ReadOnlySpan<byte> bytes, int bits)
    {
        var most = (1 << bits) - 1;
        var number = bytes[0] & most;
        bytes = bytes[1..];
        for (var shift = 0; number >= most; shift += 7)
        {
            var next = bytes[0];
            bytes = bytes[1..];
            number += (next & 0x7F) << shift;
            if ((next & 0x80) == 0)
            {
                break;
            }
        }

        return number;
    }

    private static string Text(ref ReadOnlySpan<byte> bytes)
    {
        if ((bytes[0] & 0x80) != 0)
        {
            throw new NotSupportedException("Huffman code");
        }

        var length = Number(ref bytes, 7);
        var text = Encoding.Latin1.GetString(bytes[..length]);
        bytes = bytes[length..];
        return text;
    }
}
