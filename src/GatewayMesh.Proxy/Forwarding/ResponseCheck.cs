namespace GatewayMesh.Proxy.Forwarding;

/// <summary>What the HTTP client forgives and an intermediary must not.</summary>
internal static class ResponseCheck
{
    /// <summary>False for an invalid or contradictory <c>Content-Length</c> without chunked (RFC 9112 §6.3: 502 and the connection closed).</summary>
    public static bool IsAcceptable(HttpResponseMessage response)
    {
        if (response.Headers.TransferEncodingChunked == true
            || !response.Content.Headers.NonValidated.TryGetValues("Content-Length", out var values))
        {
            return true;
        }

        string? first = null;
        foreach (var line in values)
        {
            foreach (var part in line.Split(',', StringSplitOptions.TrimEntries))
            {
                if (part.Length == 0 || part.AsSpan().ContainsAnyExceptInRange('0', '9') || (first ??= part) != part)
                {
                    return false;
                }
            }
        }

        return true;
    }
}
