namespace GatewayMesh.Client.Failover;

/// <summary>
/// Recognizes requests that may be sent twice. A key does not make a gRPC call one of them: the mesh keeps no keys of streams.
/// </summary>
internal static class ReplaySafety
{
    private const string Key = "Idempotency-Key";
    private const string Grpc = "application/grpc";

    /// <summary>
    /// True for GET, HEAD, OPTIONS, TRACE, PUT and DELETE (RFC 9110 §9.2.2), and for a request with an <c>Idempotency-Key</c> if enabled.
    /// </summary>
    public static bool Of(HttpRequestMessage request, bool keyCounts) =>
        IsIdempotent(request) || (keyCounts && HasKey(request) && !IsGrpc(request));

    /// <summary>
    /// Gives a request that is not idempotent a new key, unless it has one or is a gRPC call. The key stays with the request, also for a
    /// layer above that sends the request again.
    /// </summary>
    public static void AddKey(HttpRequestMessage request)
    {
        if (!IsIdempotent(request) && !HasKey(request) && !IsGrpc(request))
        {
            request.Headers.Remove(Key);
            request.Headers.TryAddWithoutValidation(Key, $"\"{Guid.NewGuid():D}\"");
        }
    }

    private static bool IsIdempotent(HttpRequestMessage request) =>
        request.Method.Method is "GET" or "HEAD" or "OPTIONS" or "TRACE" or "PUT" or "DELETE";

    // As at the proxies: application/grpc and application/grpc+FORMAT, not application/grpc-web.
    private static bool IsGrpc(HttpRequestMessage request) =>
        request.Content?.Headers.ContentType?.MediaType is { } type
            && type.StartsWith(Grpc, StringComparison.OrdinalIgnoreCase)
            && (type.Length == Grpc.Length || type[Grpc.Length] == '+');

    private static bool HasKey(HttpRequestMessage request) =>
        request.Headers.NonValidated.TryGetValues(Key, out var key) && key.ToString().Length > 0;
}
