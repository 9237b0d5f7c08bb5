using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace GatewayMesh.Proxy.Telemetry;

/// <summary>Writes one request as a JSON line. Control characters, which a hostile path may contain, are escaped.</summary>
internal sealed class AccessLogLine(IBufferWriter<byte> output, string node, TimeProvider time) : IDisposable
{
    // Keeps lines readable, without \u0026 for each ampersand. The lines are not HTML.
    private readonly Utf8JsonWriter _json = new(output, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>Appends the line of <paramref name="request"/>.</summary>
    public void Write(in RequestSummary request)
    {
        _json.Reset(output);
        _json.WriteStartObject();
        _json.WriteString("time", request.At);
        _json.WriteString("node", node);
        _json.WriteString("direction", request.Direction.Word());
        _json.WriteString("source", request.Source);
        _json.WriteString("destination", request.Destination);
        if (request.Asked is { } asked)
        {
            _json.WriteString("asked", asked);
            _json.WriteString("route", request.Route);
            _json.WriteString("target", request.Target);
        }

        _json.WriteString("method", request.Method);
        _json.WriteString("path", request.Path);
        _json.WriteNumber("status", request.Status);
        _json.WriteString("reason", Labels.Error(request.Error));
        if (request.GrpcStatus is { } code)
        {
            _json.WriteNumber("grpcStatus", code);
        }

        _json.WriteNumber("durationMs", Math.Round(request.Duration.TotalMilliseconds, 3));
        _json.WriteNumber("bytesIn", request.BytesIn);
        _json.WriteNumber("bytesOut", request.BytesOut);
        _json.WriteNumber("attempts", request.Attempts);
        if (request.Retry is { } retry)
        {
            _json.WriteString("retry", MeshMetrics.WordOf(retry));
        }

        if (request.Fault is { } fault)
        {
            _json.WriteString("fault", fault);
        }

        if (request.Flag is { } flag)
        {
            _json.WriteString("flag", flag);
        }

        _json.WriteString("endpoint", request.Endpoint);
        _json.WriteString("tier", request.Tier.Word());
        _json.WriteString("requestId", request.RequestId);
        if (request.TraceId.IsEmpty)
        {
            _json.WriteNull("traceId");
        }
        else
        {
            _json.WriteString("traceId", request.TraceId.Span);
        }

        _json.WriteEndObject();
        _json.Flush();
        output.Write("\n"u8);
    }

    /// <summary>Appends the line that represents <paramref name="count"/> lines beyond the rate.</summary>
    public void WriteSuppressed(long count, int rate)
    {
        _json.Reset(output);
        _json.WriteStartObject();
        _json.WriteString("time", time.GetUtcNow());
        _json.WriteString("node", node);
        _json.WriteString("event", "access_log_suppressed");
        _json.WriteNumber("suppressed", count);
        _json.WriteString(
            "message",
            string.Create(CultureInfo.InvariantCulture, $"{count} lines were suppressed; logs.accessLog.maxLinesPerSecond is {rate}"));
        _json.WriteEndObject();
        _json.Flush();
        output.Write("\n"u8);
    }

    /// <inheritdoc/>
    public void Dispose() => _json.Dispose();
}
