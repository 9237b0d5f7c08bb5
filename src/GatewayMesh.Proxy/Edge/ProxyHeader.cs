using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Text;

namespace GatewayMesh.Proxy.Edge;

/// <summary>
/// PROXY protocol header: names the client behind a TCP proxy (haproxy's proxy-protocol.txt, versions 1 and 2). Parsing is strict:
/// deviations from the specification are malformed, because the client named by a trusted peer must not be guessed.
/// </summary>
internal static class ProxyHeader
{
    /// <summary>Maximum length of version 1 in bytes, including the line end (§2.1).</summary>
    public const int MaxLengthV1 = 107;

    /// <summary>
    /// Maximum length of version 2 in bytes, including all fields (TLVs). Our own limit; the specification allows 65,551.
    /// </summary>
    public const int MaxLengthV2 = 4096;

    private const int HeadV2 = 16;

    private static ReadOnlySpan<byte> SignatureV1 => "PROXY "u8;

    private static ReadOnlySpan<byte> SignatureV2 => "\r\n\r\n\0\r\nQUIT\n"u8;

    /// <summary>Reads the header at the start of <paramref name="bytes"/>.</summary>
    /// <param name="bytes">Bytes received so far.</param>
    /// <param name="source">Client address; null if the proxy names none (LOCAL, UNKNOWN, UNSPEC, a Unix socket).</param>
    /// <param name="length">Length of the header.</param>
    public static ProxyHeaderResult Read(ReadOnlySpan<byte> bytes, out IPEndPoint? source, out int length)
    {
        source = null;
        length = 0;
        return IsOrBegins(bytes, SignatureV2) ? ReadV2(bytes, out source, out length)
            : IsOrBegins(bytes, SignatureV1) ? ReadV1(bytes, out source, out length)
            : ProxyHeaderResult.Malformed;
    }

    private static bool IsOrBegins(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> signature) =>
        bytes.Length >= signature.Length ? bytes.StartsWith(signature) : signature.StartsWith(bytes);

    private static ProxyHeaderResult ReadV1(ReadOnlySpan<byte> bytes, out IPEndPoint? source, out int length)
    {
        source = null;
        length = 0;
        var head = bytes[..Math.Min(bytes.Length, MaxLengthV1)];
        var end = head.IndexOf("\r\n"u8);
        if (end < 0)
        {
            return bytes.Length >= MaxLengthV1 || head.Contains((byte)'\n') ? ProxyHeaderResult.Malformed : ProxyHeaderResult.Incomplete;
        }

        if (end < SignatureV1.Length || head[..end].ContainsAnyExceptInRange((byte)' ', (byte)'~'))
        {
            return ProxyHeaderResult.Malformed;
        }

        length = end + 2;
        string[] words = Encoding.ASCII.GetString(head[SignatureV1.Length..end]).Split(' ');
        return words switch
        {
            ["UNKNOWN", ..] => ProxyHeaderResult.Complete,
            ["TCP4", var from, var to, var fromPort, var toPort] when IsV4(from) && IsV4(to) => With(from, fromPort, toPort, out source),
            ["TCP6", var from, var to, var fromPort, var toPort] when IsV6(from) && IsV6(to) => With(from, fromPort, toPort, out source),
            _ => ProxyHeaderResult.Malformed,
        };
    }

    private static ProxyHeaderResult With(string address, string fromPort, string toPort, out IPEndPoint? source)
    {
        source = TryPort(fromPort, out var port) && TryPort(toPort, out _) ? new IPEndPoint(Plain(IPAddress.Parse(address)), port) : null;
        return source is null ? ProxyHeaderResult.Malformed : ProxyHeaderResult.Complete;
    }

    // The platform also parses "1" and "0x7f.1"; only its canonical form is accepted.
    private static bool IsV4(string text) =>
        text.Count('.') == 3 && IPAddress.TryParse(text, out var address) && address.ToString() == text;

    private static bool IsV6(string text) =>
        text.Contains(':', StringComparison.Ordinal)
            && text.All(static c => char.IsAsciiHexDigit(c) || c is ':' or '.')
            && IPAddress.TryParse(text, out _);

    private static bool TryPort(string text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port)
            && port <= IPEndPoint.MaxPort
            && (text.Length == 1 || text[0] != '0');

    private static ProxyHeaderResult ReadV2(ReadOnlySpan<byte> bytes, out IPEndPoint? source, out int length)
    {
        source = null;
        length = 0;
        if (bytes.Length < HeadV2)
        {
            return ProxyHeaderResult.Incomplete;
        }

        var (version, command) = (bytes[12] >> 4, bytes[12] & 0xf);
        var (family, transport) = (bytes[13] >> 4, bytes[13] & 0xf);
        var rest = BinaryPrimitives.ReadUInt16BigEndian(bytes[14..]);
        if (version != 2 || command > 1 || family > 3 || transport > 2 || HeadV2 + rest > MaxLengthV2)
        {
            return ProxyHeaderResult.Malformed;
        }

        if (bytes.Length < HeadV2 + rest)
        {
            return ProxyHeaderResult.Incomplete;
        }

        length = HeadV2 + rest;
        var body = bytes[HeadV2..length];
        if (command == 0)
        {
            return ProxyHeaderResult.Complete; // LOCAL: the proxy's own connection; the receiver skips the rest
        }

        var addresses = family switch { 1 => 12, 2 => 36, 3 => 216, _ => 0 };
        if (body.Length < addresses || !AreFields(body[addresses..]))
        {
            return ProxyHeaderResult.Malformed;
        }

        if (transport == 1 && family is (1 or 2))
        {
            var size = family == 1 ? 4 : 16;
            source = new IPEndPoint(Plain(new IPAddress(body[..size])), BinaryPrimitives.ReadUInt16BigEndian(body[(2 * size)..]));
        }

        return ProxyHeaderResult.Complete;
    }

    // Type, two-byte length, value (§2.2). The values are not used.
    private static bool AreFields(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= 3)
        {
            var size = 3 + BinaryPrimitives.ReadUInt16BigEndian(bytes[1..]);
            if (size > bytes.Length)
            {
                return false;
            }

            bytes = bytes[size..];
        }

        return bytes.IsEmpty;
    }

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
