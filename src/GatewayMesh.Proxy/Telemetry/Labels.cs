using System.Globalization;
using GatewayMesh.Proxy.Errors;

namespace GatewayMesh.Proxy.Telemetry;

/// <summary>Keeps label values to few: what strangers choose must not become a series each.</summary>
internal static class Labels
{
    /// <summary>What a value is folded into.</summary>
    public const string Other = "other";

    private static readonly string[] GrpcCodes = [.. Enumerable.Range(0, 17).Select(code => code.ToString(CultureInfo.InvariantCulture))];

    // A status is a number of three digits; an application may invent any of them, and the bound on series does the rest.
    private static readonly string[] Statuses = [.. Enumerable.Range(100, 500).Select(status => status.ToString(CultureInfo.InvariantCulture))];

    /// <summary>A status code of gRPC as a number, which are 0 to 16.</summary>
    public static string GrpcStatus(int code) => (uint)code < (uint)GrpcCodes.Length ? GrpcCodes[code] : Other;

    /// <summary>A method that everybody knows, otherwise <c>OTHER</c>.</summary>
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

    /// <summary>The status as a number; <c>none</c> for no answer.</summary>
    public static string Status(int status) => status is >= 100 and < 600 ? Statuses[status - 100] : status == 0 ? "none" : Other;

    /// <summary>The reason code; <c>none</c> for an application's answer.</summary>
    public static string Error(MeshErrorKind kind) => kind == MeshErrorKind.None ? "none" : ErrorTable.Of(kind).Reason;

    /// <summary>A service's name; <c>unknown</c> for none.</summary>
    public static string Service(string? name) => string.IsNullOrEmpty(name) ? "unknown" : name;
}
