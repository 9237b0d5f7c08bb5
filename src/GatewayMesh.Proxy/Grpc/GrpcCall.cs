using GatewayMesh.Proxy.Messages;

namespace GatewayMesh.Proxy.Grpc;

/// <summary>Recognizes gRPC calls (gRPC over HTTP/2, "Requests").</summary>
internal static class GrpcCall
{
    private const string ContentType = "application/grpc";

    /// <summary>
    /// True for <c>application/grpc</c> including <c>+proto</c> and <c>+json</c>. Excludes gRPC-Web, which has its status in the body and
    /// uses proxies that respond with plain HTTP.
    /// </summary>
    public static bool Is(FieldTable fields) =>
        fields[KnownField.ContentType] is [{ } type, ..]
        && type.StartsWith(ContentType, StringComparison.OrdinalIgnoreCase)
        && (type.Length == ContentType.Length || type[ContentType.Length] is '+' or ';' or ' ');
}
