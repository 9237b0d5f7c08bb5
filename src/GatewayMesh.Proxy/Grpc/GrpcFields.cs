namespace GatewayMesh.Proxy.Grpc;

/// <summary>Names of gRPC's own fields, in heads and trailers.</summary>
internal static class GrpcFields
{
    /// <summary>Request: time that the caller gives the whole call.</summary>
    public const string Timeout = "grpc-timeout";

    /// <summary>Trailer, or head of an answer that is trailers only: status code.</summary>
    public const string Status = "grpc-status";

    /// <summary>Beside it: a sentence, percent-encoded.</summary>
    public const string Message = "grpc-message";
}
