namespace GatewayMesh.Client.Failover;

/// <summary>Recognizes requests that may be sent twice.</summary>
internal static class ReplaySafety
{
    private const string Key = "Idempotency-Key";

    /// <summary>
    /// True for GET, HEAD, OPTIONS, TRACE, PUT and DELETE (RFC 9110 §9.2.2), and for a request with an <c>Idempotency-Key</c> if enabled.
    /// </summary>
    public static bool Of(HttpRequestMessage request, bool keyCounts) =>
        request.Method.Method is "GET" or "HEAD" or "OPTIONS" or "TRACE" or "PUT" or "DELETE"
        || (keyCounts && request.Headers.NonValidated.TryGetValues(Key, out var key) && key.ToString().Length > 0);
}
