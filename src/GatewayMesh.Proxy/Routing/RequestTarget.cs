namespace GatewayMesh.Proxy.Routing;

/// <summary>Target of the request line, byte for byte (RFC 9112 §3.2).</summary>
/// <param name="PathAndQuery">Path and query for the next request line.</param>
/// <param name="Authority">Host and port of an absolute-form target, which replace <c>Host</c>; otherwise null.</param>
public readonly record struct RequestTarget(string PathAndQuery, string? Authority)
{
    /// <summary>Target that addresses the server itself (RFC 9112 §3.2.4).</summary>
    public const string Asterisk = "*";

    /// <summary>True if the target is the server itself and not a resource.</summary>
    public bool IsAsterisk => PathAndQuery == Asterisk;

    /// <summary>
    /// Parses origin-form and absolute-form. Returns false for <c>*</c>, authority-form, and a target with any byte outside 0x21 to 0x7E,
    /// which URIs do not contain (RFC 3986 §2) and servers interpret differently: to many servers <c>/admin</c> followed by a space is
    /// <c>/admin</c>.
    /// </summary>
    public static bool TryRead(string raw, out RequestTarget target)
    {
        target = new RequestTarget(raw, null);
        if (raw.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            return false;
        }

        if (raw.StartsWith('/'))
        {
            return true;
        }

        var scheme = raw.IndexOf("://", StringComparison.Ordinal);
        if (scheme <= 0)
        {
            return false;
        }

        var start = scheme + 3;
        var end = raw.AsSpan(start).IndexOfAny('/', '?', '#');
        var authority = end < 0 ? raw[start..] : raw.Substring(start, end);
        var rest = end < 0 ? "/" : raw[(start + end)..];
        if (authority.EndsWith(':'))
        {
            authority = authority[..^1]; // an empty port means the default port (RFC 3986 §3.2.3)
        }

        target = new RequestTarget(rest.StartsWith('/') ? rest : "/" + rest, authority);
        return authority.Length > 0 && !authority.Contains('@');
    }
}
