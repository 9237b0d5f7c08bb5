using System.Buffers;
using System.Globalization;
using System.Text.Json;
using GatewayMesh.Proxy.Grpc;
using Microsoft.AspNetCore.Http;

namespace GatewayMesh.Proxy.Errors;

/// <summary>Writes the mesh's own response for an error: <c>Proxy-Status</c> and problem+json (RFC 9457), or a gRPC status.</summary>
public static class ErrorAnswer
{
    // RFC 9110 §15.5.6 requires Allow; only CONNECT is missing.
    private const string AllowedMethods = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, TRACE";

    /// <summary>
    /// Responds with <paramref name="error"/>. If the response has started or the client is gone, the connection is aborted instead: a
    /// broken response must not look complete.
    /// </summary>
    /// <param name="context">Context of the request.</param>
    /// <param name="error">Error to report.</param>
    /// <param name="requestId">ID of the request, as in the access log.</param>
    /// <param name="node">Name of this node; empty omits the name (an ingress responds to strangers).</param>
    public static Task WriteAsync(HttpContext context, MeshError error, string requestId, string node)
    {
        if (context.Response.HasStarted || error.Kind == MeshErrorKind.ClientGone)
        {
            context.Abort();
            return Task.CompletedTask;
        }

        WriteHead(context.Response, error, isHttp1: !HttpProtocol.IsHttp2(context.Request.Protocol));
        if (GrpcCall.Is(context.Request))
        {
            return WriteGrpcAsync(context.Response, error);
        }

        if (HttpMethods.IsHead(context.Request.Method))
        {
            context.Response.ContentType = "application/problem+json";
            return context.Response.StartAsync(CancellationToken.None);
        }

        var body = Problem(error, requestId, node);
        context.Response.ContentType = "application/problem+json";
        context.Response.ContentLength = body.WrittenCount;
        return context.Response.Body.WriteAsync(body.WrittenMemory, CancellationToken.None).AsTask();
    }

    private static void WriteHead(HttpResponse response, in MeshError error, bool isHttp1)
    {
        // Fields of a discarded upstream response must not accompany our body.
        response.Clear();
        response.StatusCode = error.Row.Status;
        response.Headers[ProxyStatus.FieldName] = ProxyStatus.Format(error);
        response.Headers.CacheControl = "no-store"; // otherwise 404 and 405 are cacheable
        if (error.Row.RetryLater)
        {
            response.Headers.RetryAfter = error.RetryAfter <= TimeSpan.FromSeconds(1)
                ? "1"
                : Math.Ceiling(error.RetryAfter.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        }

        if (error.Kind == MeshErrorKind.MethodNotAllowed)
        {
            response.Headers.Allow = AllowedMethods;
        }

        // After these errors, later bytes on the connection may not be a request. An HTTP/2 stream has no later bytes.
        if (isHttp1 && error.Kind is MeshErrorKind.RequestMalformed or MeshErrorKind.RequestTooLarge or MeshErrorKind.RequestLineTooLong
            or MeshErrorKind.RequestFieldsTooLarge or MeshErrorKind.RequestTimeout)
        {
            response.Headers.Connection = "close";
        }
    }

    // A trailers-only response: a gRPC client sees HTTP status 200, and the head ends the stream.
    private static Task WriteGrpcAsync(HttpResponse response, in MeshError error)
    {
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = "application/grpc";
        response.Headers[GrpcFields.Status] = error.Row.Grpc.ToString(CultureInfo.InvariantCulture);
        response.Headers[GrpcFields.Message] = GrpcMessage.Encode(
            string.IsNullOrEmpty(error.Details) ? error.Row.Title : $"{error.Row.Title} ({error.Details})");
        return response.CompleteAsync();
    }

    private static ArrayBufferWriter<byte> Problem(in MeshError error, string requestId, string node)
    {
        var body = new ArrayBufferWriter<byte>(256);
        using var json = new Utf8JsonWriter(body);
        json.WriteStartObject();
        json.WriteString("type", "about:blank");
        json.WriteString("title", error.Row.Title);
        json.WriteNumber("status", error.Row.Status);
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
        return body;
    }
}
