using Microsoft.AspNetCore.Http;

namespace GatewayMesh.Proxy.Errors;

/// <summary>Writes the mesh's own answer for an error: <c>Proxy-Status</c> and problem+json (RFC 9457), or a gRPC status.</summary>
public static class ErrorAnswer
{
    /// <summary>
    /// Answers <paramref name="error"/>. When the response has begun, or the client is gone, the connection is aborted instead:
    /// a broken response must not look complete.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="error">What went wrong.</param>
    /// <param name="requestId">Id of the request, as in the access log.</param>
    /// <param name="node">Name of this node; empty to leave it out (an ingress speaks to strangers).</param>
    public static Task WriteAsync(HttpContext context, MeshError error, string requestId, string node)
    {
        throw new NotImplementedException();
    }
}
