using System.Globalization;
using GatewayMesh.Proxy.Errors;

namespace GatewayMesh.Proxy.Telemetry;

/// <summary>Bounds the number of label values: values chosen by strangers must not each become a series.</summary>
internal static class Labels
{
    /// <summary>Value of folded labels.</summary>
    public const string Other = "other";

    private static readonly string[] GrpcCodes = [.. Enumerable.Range(0, 17).Select(code => code.ToString(CultureInfo.InvariantCulture))];

    // A status has three digits; an application may invent any of them, and the bound on series limits the rest.
    private static readonly string[] Statuses = [
        .. Enumerable.Range(100, 500).Select(status => status.ToString(CultureInfo.InvariantCulture))];

    /// <summary>Returns a gRPC status code, 0 to 16, as text.</summary>
    public static string GrpcStatus(int code) => (uint)code < (uint)GrpcCodes.Length ? GrpcCodes[code] : Other;

    /// <summary>Returns a well-known method, otherwise <c>OTHER</c>.</summary>
    public static string Method(string? method) => method switch
    {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        "TRACE" => "TRACE",
        "CONNECT" => "CONNECT",
        _ => "OTHER",
    };

    /// <summary>Returns the status as text; <c>none</c> without a response.</summary>
    public static string Status(int status) => status is >= 100 and < 600 ? Statuses[status - 100] : status == 0 ? "none" : Other;

    /// <summary>Returns the reason code; <c>none</c> for an application's response.</summary>
    public static string Error(MeshErrorKind kind) => kind == MeshErrorKind.None ? "none" : ErrorTable.Of(kind).Reason;

    /// <summary>Returns the service's name; <c>unknown</c> if empty.</summary>
    public static string Service(string? name) => string.IsNullOrEmpty(name) ? "unknown" : name;
}
