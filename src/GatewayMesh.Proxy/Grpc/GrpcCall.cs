using Microsoft.AspNetCore.Http;

namespace GatewayMesh.Proxy.Grpc;

/// <summary>What tells a gRPC call from another request (gRPC over HTTP/2, "Requests").</summary>
internal static class GrpcCall
{
    private const string ContentType = "application/grpc";

    /// <summary>True for <c>application/grpc</c> and its <c>+proto</c>, <c>+json</c>. gRPC-Web is not meant: it has its status in the body, and proxies that answer it with plain HTTP.</summary>
    public static bool Is(HttpRequest request) =>
        request.ContentType is { } type
        && type.StartsWith(ContentType, StringComparison.OrdinalIgnoreCase)
        && (type.Length == ContentType.Length || type[ContentType.Length] is '+' or ';' or ' ');
}
