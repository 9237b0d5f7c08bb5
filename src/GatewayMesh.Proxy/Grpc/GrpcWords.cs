namespace GatewayMesh.Proxy.Grpc;

/// <summary>Names of gRPC's status codes, as telemetry shows them.</summary>
internal static class GrpcWords
{
    private static readonly string[] Words =
    [
        "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED",
        "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS",
        "UNAUTHENTICATED",
    ];

    /// <summary>Returns the name of a code, 0 to 16.</summary>
    public static string Of(int code) => (uint)code < (uint)Words.Length ? Words[code] : Words[GrpcStatus.Unknown];

    /// <summary>
    /// True for the codes that blame the server (OpenTelemetry's conventions for gRPC servers): UNKNOWN, DEADLINE_EXCEEDED, UNIMPLEMENTED,
    /// INTERNAL, UNAVAILABLE, and DATA_LOSS.
    /// </summary>
    public static bool IsFailure(int code) => code is GrpcStatus.Unknown or GrpcStatus.DeadlineExceeded or 12
        or GrpcStatus.Internal or GrpcStatus.Unavailable or GrpcStatus.DataLoss;
}
