namespace GatewayMesh.Proxy.Routing;

/// <summary>The target of the request line, byte for byte (RFC 9112 §3.2).</summary>
/// <param name="PathAndQuery">What goes on the next request line.</param>
/// <param name="Authority">Host and port of an absolute-form target, which then stand in place of <c>Host</c>; otherwise null.</param>
public readonly record struct RequestTarget(string PathAndQuery, string? Authority)
{
    /// <summary>Reads origin-form and absolute-form; false for <c>*</c> and authority-form.</summary>
    public static bool TryRead(string raw, out RequestTarget target)
    {
        target = new RequestTarget(raw, null);
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
        target = new RequestTarget(rest.StartsWith('/') ? rest : "/" + rest, authority);
        return authority.Length > 0 && !authority.Contains('@');
    }
}
