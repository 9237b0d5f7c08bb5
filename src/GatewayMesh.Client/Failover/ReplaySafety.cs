namespace GatewayMesh.Client.Failover;

/// <summary>Recognizes requests that may be sent twice.</summary>
internal static class ReplaySafety
{
    private const string Key = "Idempotency-Key";

    /// <summary>
    /// True for GET, HEAD, OPTIONS, TRACE, PUT and DELETE (RFC 9110 §9.2.2), and for a request with an <c>Idempotency-Key</c> if enabled.
    /// </summary>
    public static bool Of(HttpRequestMessage request, bool keyCounts) =>
        IsIdempotent(request) || (keyCounts && HasKey(request));

    /// <summary>
    /// Gives a request that is not idempotent a new key, unless it has one. The key stays with the request, also for a layer above that
    /// sends the request again.
    /// </summary>
    public static void AddKey(HttpRequestMessage request)
    {
        if (!IsIdempotent(request) && !HasKey(request))
        {
            request.Headers.Remove(Key);
            request.Headers.TryAddWithoutValidation(Key, $"\"{Guid.NewGuid():D}\"");
        }
    }

    private static bool IsIdempotent(HttpRequestMessage request) =>
        request.Method.Method is "GET" or "HEAD" or "OPTIONS" or "TRACE" or "PUT" or "DELETE";

    private static bool HasKey(HttpRequestMessage request) =>
        request.Headers.NonValidated.TryGetValues(Key, out var key) && key.ToString().Length > 0;
}
