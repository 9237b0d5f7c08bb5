using System.Buffers;
using System.Globalization;
using System.Text.Json;
using GatewayMesh.Proxy.Grpc;
using Microsoft.AspNetCore.Http;

namespace GatewayMesh.Proxy.Errors;

/// <summary>Writes the mesh's own answer for an error: <c>Proxy-Status</c> and problem+json (RFC 9457), or a gRPC status.</summary>
public static class ErrorAnswer
{
    // RFC 9110 §15.5.6 asks for Allow; CONNECT is what is missing.
    private const string AllowedMethods = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, TRACE";

    /// <summary>
    /// Answers <paramref name="error"/>. When the response has begun, or the client is gone, the connection is aborted instead:
    /// a broken response must not look complete.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="error">What went wrong.</param>
    /// <param name="requestId">Id of the request, as in the access log.</param>
    /// <param name="node">Name of this node; empty to leave it out (an ingress speaks to strangers).</param>
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
        // Fields of an upstream's response that came to nothing must not stand beside our body.
        response.Clear();
        response.StatusCode = error.Row.Status;
        response.Headers[ProxyStatus.FieldName] = ProxyStatus.Format(error);
        response.Headers.CacheControl = "no-store"; // 404 and 405 may be cached otherwise
        if (error.Row.RetryLater)
        {
            response.Headers.RetryAfter = error.RetryAfter <= TimeSpan.FromSeconds(1) ? "1" : Math.Ceiling(error.RetryAfter.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        }

        if (error.Kind == MeshErrorKind.MethodNotAllowed)
        {
            response.Headers.Allow = AllowedMethods;
        }

        // What follows on the connection cannot be trusted to be a request. A stream of HTTP/2 has nothing that follows.
        if (isHttp1 && error.Kind is MeshErrorKind.RequestMalformed or MeshErrorKind.RequestTooLarge or MeshErrorKind.RequestLineTooLong
            or MeshErrorKind.RequestFieldsTooLarge or MeshErrorKind.RequestTimeout)
        {
            response.Headers.Connection = "close";
        }
    }

    // A response that consists of trailers only: to a gRPC client the HTTP status is 200, and the head ends the stream.
    private static Task WriteGrpcAsync(HttpResponse response, in MeshError error)
    {
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = "application/grpc";
        response.Headers[GrpcFields.Status] = error.Row.Grpc.ToString(CultureInfo.InvariantCulture);
        response.Headers[GrpcFields.Message] = GrpcMessage.Encode(string.IsNullOrEmpty(error.Details) ? error.Row.Title : $"{error.Row.Title} ({error.Details})");
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
