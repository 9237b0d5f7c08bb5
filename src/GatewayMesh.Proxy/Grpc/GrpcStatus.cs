using System.Globalization;

namespace GatewayMesh.Proxy.Grpc;

/// <summary>Status codes of gRPC calls.</summary>
internal static class GrpcStatus
{
    /// <summary>Not a gRPC call, or a call that ended without a status.</summary>
    public const int None = -1;

    /// <summary>UNKNOWN.</summary>
    public const int Unknown = 2;

    /// <summary>DEADLINE_EXCEEDED.</summary>
    public const int DeadlineExceeded = 4;

    /// <summary>INTERNAL.</summary>
    public const int Internal = 13;

    /// <summary>UNAVAILABLE.</summary>
    public const int Unavailable = 14;

    /// <summary>DATA_LOSS.</summary>
    public const int DataLoss = 15;

    /// <summary>Reads the field. A value that is not a number up to 16, the highest defined code, counts as 2, UNKNOWN.</summary>
    public static int Read(string? field) =>
        int.TryParse(field, NumberStyles.None, CultureInfo.InvariantCulture, out var code) && code <= 16 ? code : Unknown;
}
