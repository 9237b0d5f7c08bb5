using System.Globalization;
using System.Text;

namespace GatewayMesh.Admin.Http;

/// <summary>The head of a request or response, with the parts of HTTP/1.1 (RFC 9112) that the admin address needs.</summary>
/// <param name="First">First word of the start line: method, or version.</param>
/// <param name="Second">Second word of the start line: target, or status.</param>
public sealed record AdminHead(string First, string Second)
{
    private static readonly byte[] End = "\r\n\r\n"u8.ToArray();

    /// <summary>Value of <c>Host</c>, or null.</summary>
    public string? Host { get; private set; }

    /// <summary>Value of <c>Origin</c>, or null.</summary>
    public string? Origin { get; private set; }

    /// <summary>Value of <c>Sec-Fetch-Site</c> (W3C Fetch Metadata), or null.</summary>
    public string? FetchSite { get; private set; }

    /// <summary>
    /// A field set only by proxies: <c>Via</c>, <c>Forwarded</c>, <c>X-Forwarded-*</c>, <c>gatewaymesh-*</c>; null when there is none.
    /// </summary>
    public string? CameThrough { get; private set; }

    /// <summary>Value of <c>Authorization</c>, or null.</summary>
    public string? Authorization { get; private set; }

    /// <summary>Value of <c>Content-Type</c>, or null.</summary>
    public string? ContentType { get; private set; }

    /// <summary>Value of <c>Accept</c>, all lines joined; null if there is none.</summary>
    public string? Accept { get; private set; }

    /// <summary>Value of <c>Content-Length</c>, or null.</summary>
    public int? ContentLength { get; private set; }

    /// <summary>True if the client waits for <c>100 Continue</c> before sending its body.</summary>
    public bool ExpectsContinue { get; private set; }

    /// <summary>Length of the head at the start of <paramref name="bytes"/>, including its empty line; −1 while incomplete.</summary>
    public static int LengthIn(ReadOnlySpan<byte> bytes)
    {
        var at = bytes.IndexOf(End);
        return at < 0 ? -1 : at + End.Length;
    }

    /// <summary>Parses a head. Null when it is malformed or has a transfer coding, which is not supported here.</summary>
    public static AdminHead? Parse(ReadOnlySpan<byte> bytes)
    {
        var lines = Encoding.Latin1.GetString(bytes[..^End.Length]).Split("\r\n");
        var start = lines[0].Split(' ', 3);
        if (start.Length != 3 || start[0].Length == 0 || lines[0].AsSpan().IndexOfAnyInRange('\0', '\x1F') >= 0)
        {
            return null;
        }

        var head = new AdminHead(start[0], start[1]);
        var isRequest = !start[0].StartsWith("HTTP/", StringComparison.Ordinal);
        if (!(isRequest ? start[2] : start[0]).StartsWith("HTTP/1.", StringComparison.Ordinal))
        {
            return null;
        }

        foreach (var line in lines.AsSpan(1))
        {
            if (!head.TryAdd(line))
            {
                return null;
            }
        }

        return head;
    }

    private static bool IsOfProxies(string name) =>
        name is "via" or "forwarded"
        || name.StartsWith("x-forwarded-", StringComparison.Ordinal)
        || name.StartsWith("gatewaymesh-", StringComparison.Ordinal);

    private bool TryAdd(string line)
    {
        var colon = line.IndexOf(':');
        if (colon <= 0 || !line.AsSpan(0, colon).ContainsOnlyTokenCharacters() || line.AsSpan(colon).ContainsControlCharacters())
        {
            return false;
        }

        var value = line[(colon + 1)..].Trim(' ', '\t');
        var name = line[..colon].ToLowerInvariant();
        if (IsOfProxies(name.Replace('_', '-')))
        {
            CameThrough ??= name;
        }

        switch (name)
        {
            case "sec-fetch-site":
                FetchSite = FetchSite is null || FetchSite == value ? value : "";
                return true;
            case "host":
                var hadHost = Host is not null;
                Host = value;
                return !hadHost;
            case "authorization":
                var hadAuthorization = Authorization is not null;
                Authorization = value;
                return !hadAuthorization;
            case "origin":
                Origin = value;
                return true;
            case "accept":
                Accept = Accept is null ? value : $"{Accept}, {value}";
                return true;
            case "content-type":
                ContentType = value;
                return true;
            case "content-length":
                var hadLength = ContentLength is not null;
                var isNumber = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var length);
                ContentLength = length;
                return isNumber && !hadLength;
            case "expect":
                ExpectsContinue = value.Equals("100-continue", StringComparison.OrdinalIgnoreCase);
                return true;
            case "transfer-encoding":
                return false;
            default:
                return true;
        }
    }
}
