namespace GatewayMesh.Proxy.Resilience;

/// <summary>Methods that may be sent twice (RFC 9110 §9.2.2).</summary>
public static class Idempotence
{
    /// <summary>
    /// True for GET, HEAD, OPTIONS, TRACE, PUT, and DELETE. Methods are case-sensitive, and an unknown method is not idempotent.
    /// </summary>
    public static bool Of(string method) => method is "GET" or "HEAD" or "OPTIONS" or "TRACE" or "PUT" or "DELETE";
}
