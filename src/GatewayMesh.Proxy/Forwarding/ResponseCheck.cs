using GatewayMesh.Proxy.Messages;

namespace GatewayMesh.Proxy.Forwarding;

/// <summary>Checks responses for faults that the HTTP client tolerates and an intermediary must not.</summary>
internal static class ResponseCheck
{
    /// <summary>
    /// Returns the reason that the response must not be passed on (502), or null if the response is valid. Reasons are a transfer
    /// coding in addition to <c>chunked</c>, whose field would be dropped while the coding stays on the body (RFC 9112 §6.1), and an
    /// invalid or contradictory <c>Content-Length</c> without chunked (RFC 9112 §6.3).
    /// </summary>
    public static string? FaultOf(ResponseHead response)
    {
        if (response.Fields[KnownField.TransferEncoding] is { Count: > 0 } codings)
        {
            if (response.Version == MessageVersion.Http2)
            {
                return "Transfer-Encoding in HTTP/2"; // RFC 9113 §8.2.2
            }

            return TransferCodings.AreChunkedAlone(codings) ? null : "a transfer coding other than chunked";
        }

        return HasValidLength(response) ? null : "invalid Content-Length";
    }

    private static bool HasValidLength(ResponseHead response)
    {
        ReadOnlySpan<char> first = default;
        foreach (var line in response.Fields[KnownField.ContentLength])
        {
            foreach (var part in line.AsSpan().Split(','))
            {
                var length = line.AsSpan(part).Trim();
                first = first.IsEmpty ? length : first;
                if (length.IsEmpty || length.ContainsAnyExceptInRange('0', '9') || !length.SequenceEqual(first))
                {
                    return false;
                }
            }
        }

        return true;
    }
}
