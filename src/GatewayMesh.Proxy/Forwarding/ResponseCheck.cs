namespace GatewayMesh.Proxy.Forwarding;

/// <summary>Checks responses for faults that the HTTP client tolerates and an intermediary must not.</summary>
internal static class ResponseCheck
{
    /// <summary>
    /// Returns the reason that the response must not be passed on (502), or null if the response is valid. Reasons are a transfer
    /// coding in addition to <c>chunked</c>, whose field would be dropped while the coding stays on the body (RFC 9112 §6.1), and an
    /// invalid or contradictory <c>Content-Length</c> without chunked (RFC 9112 §6.3).
    /// </summary>
    public static string? FaultOf(HttpResponseMessage response)
    {
        var fields = response.Headers.NonValidated;
        if (fields.TryGetValues("Transfer-Encoding", out var codings))
        {
            if (response.Version.Major >= 2)
            {
                return "Transfer-Encoding in HTTP/2"; // RFC 9113 §8.2.2
            }

            return TransferCodings.AreChunkedAlone(codings) ? null : "a transfer coding other than chunked";
        }

        return HasValidLength(response) ? null : "invalid Content-Length";
    }

    private static bool HasValidLength(HttpResponseMessage response)
    {
        if (!response.Content.Headers.NonValidated.TryGetValues("Content-Length", out var values))
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
