using System.Collections.Concurrent;
using System.IO.Compression;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace GatewayMesh.Fixtures.Otlp;

/// <summary>
/// A collector: OTLP over gRPC (protobuf) on one address, over HTTP/1.1 (protobuf and JSON) on another. It can hang, refuse, and die.
/// </summary>
public sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly ConcurrentQueue<OtlpSpan> _spans = [];
    private readonly ConcurrentQueue<OtlpPoint> _points = [];
    private readonly ConcurrentQueue<OtlpLog> _logs = [];
    private int _requests;

    private OtlpReceiver(WebApplication application) => _application = application;

    /// <summary>Address for the protocol <c>grpc</c>.</summary>
    public Uri Grpc => new(_application.Urls.First());

    /// <summary>Address for the protocols <c>http/protobuf</c> and <c>http/json</c>.</summary>
    public Uri Http => new(_application.Urls.Last());

    /// <summary>True: requests are read and never answered. Default: false.</summary>
    public bool Hangs { get; set; }

    /// <summary>True: requests are answered with 503, or gRPC's UNAVAILABLE. Default: false.</summary>
    public bool Refuses { get; set; }

    /// <summary>Requests that arrived, whatever their fate.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>Spans taken so far.</summary>
    public IReadOnlyCollection<OtlpSpan> Spans => _spans;

    /// <summary>Points of metrics taken so far.</summary>
    public IReadOnlyCollection<OtlpPoint> Points => _points;

    /// <summary>Log records taken so far.</summary>
    public IReadOnlyCollection<OtlpLog> Logs => _logs;

    /// <summary>Starts the collector on free ports.</summary>
    public static async Task<OtlpReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseSetting(WebHostDefaults.PreventHostingStartupKey, "true");
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
        });
        var application = builder.Build();
        var receiver = new OtlpReceiver(application);
        application.Run(receiver.ReceiveAsync);
        await application.StartAsync().ConfigureAwait(false);
        return receiver;
    }

    /// <summary>Ends the collector at once: its connections are reset, its ports closed.</summary>
    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync().ConfigureAwait(false);
        await _application.StopAsync(now.Token).ConfigureAwait(false);
        await _application.DisposeAsync().ConfigureAwait(false);
    }

    private async Task ReceiveAsync(HttpContext context)
    {
        Interlocked.Increment(ref _requests);
        var isGrpc = context.Request.ContentType?.StartsWith("application/grpc", StringComparison.Ordinal) == true;
        var isJson = context.Request.ContentType?.StartsWith("application/json", StringComparison.Ordinal) == true;
        using var body = new MemoryStream();
        var from = context.Request.Headers.ContentEncoding == "gzip" ? new GZipStream(context.Request.Body, CompressionMode.Decompress)
            : context.Request.Body;
        await from.CopyToAsync(body, context.RequestAborted).ConfigureAwait(false);
        if (Hangs)
        {
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return;
        }

        if (!Refuses)
        {
            Take(context.Request.Path, body.ToArray().AsMemory(isGrpc ? 5 : 0), isJson);
        }

        context.Response.ContentType = context.Request.ContentType;
        if (isGrpc)
        {
            context.Response.AppendTrailer("grpc-status", Refuses ? "14" : "0");
            await context.Response.Body.WriteAsync(new byte[5]).ConfigureAwait(false); // a message without fields
        }
        else if (Refuses)
        {
            context.Response.StatusCode = 503;
        }
        else if (isJson)
        {
            await context.Response.WriteAsync("{}").ConfigureAwait(false);
        }
    }

    private void Take(string path, ReadOnlyMemory<byte> body, bool isJson)
    {
        using var json = isJson ? JsonDocument.Parse(body) : null;
        switch (path)
        {
            case "/v1/traces" or "/opentelemetry.proto.collector.trace.v1.TraceService/Export":
                Add(_spans, json is null ? OtlpProto.Spans(body) : OtlpJson.Spans(json.RootElement));
                break;
            case "/v1/metrics" or "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export":
                Add(_points, json is null ? OtlpProto.Points(body) : OtlpJson.Points(json.RootElement));
                break;
            case "/v1/logs" or "/opentelemetry.proto.collector.logs.v1.LogsService/Export":
                Add(_logs, json is null ? OtlpProto.Logs(body) : OtlpJson.Logs(json.RootElement));
                break;
            default:
                throw new InvalidDataException($"no collector serves {path}");
        }
    }

    private static void Add<T>(ConcurrentQueue<T> to, IEnumerable<T> records)
    {
        foreach (var record in records.ToList())
        {
            to.Enqueue(record);
        }
    }
}
