using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using GatewayMesh.Registry.Kubernetes.Objects;

namespace GatewayMesh.Registry.Kubernetes.Api;

/// <summary>Turns an answer that is not 2xx into an <see cref="ApiError"/>.</summary>
internal static class ErrorReader
{
    /// <summary>Longest pause that a server may ask for: 1 min. A longer one is shortened.</summary>
    public static TimeSpan LongestPause { get; } = TimeSpan.FromMinutes(1);

    /// <summary>The error of an answer and its body.</summary>
    public static ApiError Read(HttpResponseMessage response, ReadOnlySpan<byte> body, TimeProvider time)
    {
        var code = (int)response.StatusCode;
        var error = StatusOf(body) is { } status ? ApiError.Of(status, code) : new ApiError(code, "", TextOf(body, response));
        var pause = PauseOf(response.Headers.RetryAfter, time) ?? error.RetryAfter;
        return error with
        {
            RetryAfter = pause > LongestPause ? LongestPause : pause,
            AuditId = response.Headers.TryGetValues("Audit-Id", out var ids) ? ids.FirstOrDefault() : null,
        };
    }

    private static Status? StatusOf(ReadOnlySpan<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, ApiJson.Default.Status) is { Kind: "Status" } status ? status : null;
        }
        catch (JsonException)
        {
            // Plain text: an unknown path, flow control, or a proxy in between.
            return null;
        }
    }

    private static string TextOf(ReadOnlySpan<byte> body, HttpResponseMessage response) =>
        ApiError.OneLine(Encoding.UTF8.GetString(body)) is { Length: > 0 } text ? text : response.ReasonPhrase ?? "no explanation";

    private static TimeSpan? PauseOf(RetryConditionHeaderValue? header, TimeProvider time) =>
        header?.Delta is { } delta ? delta
        : header?.Date is { } date ? date - time.GetUtcNow() is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero
        : null;
}
