namespace GatewayMesh.Proxy.Routing;

/// <summary>The target of the request line, byte for byte (RFC 9112 §3.2).</summary>
/// <param name="PathAndQuery">What goes on the next request line.</param>
/// <param name="Authority">Host and port of an absolute-form target, which then stand in place of <c>Host</c>; otherwise null.</param>
public readonly record struct RequestTarget(string PathAndQuery, string? Authority)
{
    /// <summary>The target that means the server as such (RFC 9112 §3.2.4).</summary>
    public const string Asterisk = "*";

    /// <summary>True if the server as such is meant, and not a resource.</summary>
    public bool IsAsterisk => PathAndQuery == Asterisk;

    /// <summary>
    /// Reads origin-form and absolute-form; false for <c>*</c>, authority-form, and a target with any byte other than 0x21 to 0x7E, which a URI has none of
    /// (RFC 3986 §2) and servers read in several ways: <c>/admin</c> with a blank behind it is <c>/admin</c> to many.
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
            authority = authority[..^1]; // an empty port is the default one (RFC 3986 §3.2.3)
        }

        target = new RequestTarget(rest.StartsWith('/') ? rest : "/" + rest, authority);
        return authority.Length > 0 && !authority.Contains('@');
    }
}
