namespace GatewayMesh.Proxy.Grpc;

/// <summary>Names of gRPC fields in heads and trailers.</summary>
internal static class GrpcFields
{
    /// <summary>Request: timeout for the whole call.</summary>
    public const string Timeout = "grpc-timeout";

    /// <summary>Trailer, or head of a trailers-only response: status code.</summary>
    public const string Status = "grpc-status";

    /// <summary>Accompanies the status: a percent-encoded sentence.</summary>
    public const string Message = "grpc-message";
}
