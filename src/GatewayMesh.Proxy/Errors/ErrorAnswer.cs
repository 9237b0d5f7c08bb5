using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using GatewayMesh.Configuration.Policies.Faults;
using GatewayMesh.Proxy.Grpc;
using GatewayMesh.Proxy.Messages;
using GatewayMesh.Proxy.Resilience;

namespace GatewayMesh.Proxy.Errors;

/// <summary>The mesh's own response for an error: <c>Proxy-Status</c> and problem+json (RFC 9457), or a gRPC status.</summary>
internal static class ErrorAnswer
{
    // RFC 9110 §15.5.6 requires Allow; only CONNECT is missing.
    private const string AllowedMethods = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, TRACE";

    private static readonly Field ProblemType = new("Content-Type", "application/problem+json");

    /// <summary>Returns the response for <paramref name="error"/>.</summary>
    /// <param name="error">Error to report.</param>
    /// <param name="request">Head of the request.</param>
    /// <param name="requestId">ID of the request, as in the access log.</param>
    /// <param name="node">Name of this node; empty omits the name (an ingress responds to strangers).</param>
    /// <param name="fault">Fault that was injected into the request; its abort has the status. Default: none.</param>
    public static LocalAnswer Of(in MeshError error, RequestHead request, string requestId, string node, FaultRule? fault = null)
    {
        var fields = ImmutableArray.CreateBuilder<Field>(7);
        fields.Add(new Field(ProxyStatus.FieldName, ProxyStatus.Format(error)));
        fields.Add(new Field("Cache-Control", "no-store")); // otherwise 404 and 405 are cacheable
        if (fault is not null)
        {
            fields.Add(new Field(MeshHeaders.Fault, fault.Name));
        }

        var abort = error.Shown == MeshErrorKind.FaultInjected ? fault?.Abort : null;
        if (error.Row.RetryLater)
        {
            fields.Add(new Field("Retry-After", SecondsOf(error.RetryAfter)));
        }

        if (error.RateLimit is { } limit)
        {
            fields.Add(new Field("RateLimit-Policy", limit.PolicyField));
            fields.Add(new Field("RateLimit", limit.Field));
        }

        if (error.Shown == MeshErrorKind.MethodNotAllowed)
        {
            fields.Add(new Field("Allow", AllowedMethods));
        }

        if (ChallengeOf(error) is { } challenge)
        {
            fields.Add(new Field("WWW-Authenticate", challenge));
        }

        if (GrpcCall.Is(request.Fields))
        {
            return GrpcOf(error, abort?.Grpc ?? error.Row.Grpc, fields) with { EndsConnection = EndsConnection(error.Shown) };
        }

        fields.Add(ProblemType);
        var status = abort?.Status ?? error.Row.Status;
        var body = request.Method == "HEAD" || status is 204 or 205 or 304 ? default : Problem(error, status, requestId, node);
        return new LocalAnswer(status, fields.DrainToImmutable(), body) { EndsConnection = EndsConnection(error.Shown) };
    }

    // RFC 6750 §3: without a token, no error code.
    private static string? ChallengeOf(in MeshError error) => error.Shown switch
    {
        MeshErrorKind.JwtMissing => "Bearer",
        MeshErrorKind.JwtRefused => $"Bearer error=\"invalid_token\"{Description(error)}",
        MeshErrorKind.JwtInsufficient => $"Bearer error=\"insufficient_scope\"{Description(error)}",
        _ => null,
    };

    // RFC 6750 §3 allows printable ASCII without quotes and backslashes, not even escaped. The name of a claim may have any character.
    private static string Description(in MeshError error) =>
        string.IsNullOrEmpty(error.Details)
            ? ""
            : string.Concat(
                ", error_description=\"",
                string.Create(
                    Math.Min(error.Details.Length, ProxyStatus.MaxDetails),
                    error.Details,
                    static (to, from) =>
                    {
                        for (var i = 0; i < to.Length; i++)
                        {
                            to[i] = from[i] switch
                            {
                                '"' => '\'',
                                >= ' ' and <= '~' and not '\\' and var plain => plain,
                                _ => '?',
                            };
                        }
                    }),
                "\"");

    // After these errors, later bytes on the connection may not be a request. An HTTP/2 stream has no later bytes.
    private static bool EndsConnection(MeshErrorKind kind) => kind
        is MeshErrorKind.RequestMalformed or MeshErrorKind.RequestTooLarge or MeshErrorKind.RequestLineTooLong
        or MeshErrorKind.RequestFieldsTooLarge or MeshErrorKind.RequestTimeout or MeshErrorKind.VersionNotSupported;

    private static string SecondsOf(TimeSpan wait) =>
        wait <= TimeSpan.FromSeconds(1) ? "1" : Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);

    // A trailers-only response: a gRPC client sees HTTP status 200, and the head ends the stream.
    private static LocalAnswer GrpcOf(in MeshError error, int status, ImmutableArray<Field>.Builder fields)
    {
        fields.Add(new Field("Content-Type", "application/grpc"));
        fields.Add(new Field(GrpcFields.Status, status.ToString(CultureInfo.InvariantCulture)));
        fields.Add(new Field(GrpcFields.Message, GrpcMessage.Encode(
            string.IsNullOrEmpty(error.Details) ? error.Row.Title : $"{error.Row.Title} ({error.Details})")));
        return new LocalAnswer(200, fields.DrainToImmutable(), default) { IsTrailersOnly = true };
    }

    private static ReadOnlyMemory<byte> Problem(in MeshError error, int status, string requestId, string node)
    {
        var body = new ArrayBufferWriter<byte>(256);
        using var json = new Utf8JsonWriter(body);
        json.WriteStartObject();
        json.WriteString("type", "about:blank");
        json.WriteString("title", error.Row.Title);
        json.WriteNumber("status", status);
        if (!string.IsNullOrEmpty(error.Details))
        {
            json.WriteString("detail", error.Details);
        }

        json.WriteString("error", error.Row.Reason);
        json.WriteString("requestId", requestId);
        if (node.Length > 0)
        {
            json.WriteString("node", node);
        }

        json.WriteEndObject();
        json.Flush();
        return body.WrittenMemory;
    }
}
