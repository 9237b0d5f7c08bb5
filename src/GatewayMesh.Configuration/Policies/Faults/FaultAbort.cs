using System.Globalization;
using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Policies.Faults;

/// <summary>
/// <c>abort</c> of a fault: the response that the caller gets in place of the service's. An HTTP status is mapped for gRPC callers, and a
/// gRPC status for HTTP callers.
/// </summary>
/// <param name="Status">HTTP status, 200 to 599; 0 for a reset.</param>
/// <param name="Grpc">gRPC status, 1 to 16; 0 for a reset.</param>
public sealed record FaultAbort(int Status, int Grpc)
{
    private const string Fix = "use an HTTP status such as 503, a gRPC status such as grpc:14, or reset";
    private const string GrpcPrefix = "grpc:";
    private const int Unknown = 2;
    private const int MaxGrpc = 16;

    /// <summary>A reset: HTTP/1.1 aborts the connection, HTTP/2 resets the stream.</summary>
    public static FaultAbort Reset { get; } = new(0, 0);

    /// <summary>True for a reset.</summary>
    public bool IsReset => Status == 0;

    /// <summary>Scalar type of the value.</summary>
    internal static ScalarType<FaultAbort> Type { get; } = new(Fix, Read);

    /// <summary>Returns the abort with an HTTP status.</summary>
    public static FaultAbort OfStatus(int status) => new(status, GrpcOf(status));

    /// <summary>Returns the abort with a gRPC status.</summary>
    public static FaultAbort OfGrpc(int status) => new(StatusOf(status), status);

    /// <summary>Text of the value as in the policy.</summary>
    public override string ToString() => IsReset ? "reset" : string.Create(CultureInfo.InvariantCulture, $"{Status} (gRPC {Grpc})");

    private static Scalar<FaultAbort> Read(string text)
    {
        if (text == "reset")
        {
            return Scalar.Good(Reset);
        }

        if (text.StartsWith(GrpcPrefix, StringComparison.Ordinal))
        {
            return !TryNumber(text[GrpcPrefix.Length..], out var grpc) ? Scalar.Bad<FaultAbort>($"{Quoted.Of(text)} is not an abort", Fix)
                : grpc is < 1 or > MaxGrpc ? Scalar.Bad<FaultAbort>($"{Quoted.Of(text)} is out of range", "use grpc:1 to grpc:16")
                : Scalar.Good(OfGrpc(grpc));
        }

        return !TryNumber(text, out var status) ? Scalar.Bad<FaultAbort>($"{Quoted.Of(text)} is not an abort", Fix)
            : status is < 200 or > 599 ? Scalar.Bad<FaultAbort>($"{Quoted.Of(text)} is out of range", "use an HTTP status from 200 to 599")
            : Scalar.Good(OfStatus(status));
    }

    private static bool TryNumber(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    // gRPC's document "HTTP to gRPC Status Code Mapping".
    private static int GrpcOf(int status) => status switch
    {
        400 => 13,
        401 => 16,
        403 => 7,
        404 => 12,
        429 or 502 or 503 or 504 => 14,
        _ => Unknown,
    };

    // The comments of google.rpc.Code.
    private static int StatusOf(int grpc) => grpc switch
    {
        1 => 499,
        3 or 9 or 11 => 400,
        4 => 504,
        5 => 404,
        6 or 10 => 409,
        7 => 403,
        8 => 429,
        12 => 501,
        14 => 503,
        16 => 401,
        _ => 500,
    };
}
