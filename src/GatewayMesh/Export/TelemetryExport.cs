using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Events;
using GatewayMesh.Proxy.Telemetry;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace GatewayMesh.Export;

/// <summary>
/// Export of spans, metrics, and events to an OpenTelemetry collector over OTLP, by OpenTelemetry's SDK. Started only if the standard
/// variables ask for it: otherwise no type of the SDK is touched. Each signal has its own thread and bounded queue.
/// </summary>
internal sealed class TelemetryExport : IDisposable
{
    // Series of one metric that the SDK keeps; more are folded into one. Memory is taken per metric, so only large metrics get more.
    private const int MaxSeries = 500;
    private const int ShutdownMilliseconds = 1000;

    private static readonly TimeSpan Shutdown = TimeSpan.FromMilliseconds(ShutdownMilliseconds);

    private readonly TracerProvider? _traces;
    private readonly MeterProvider? _metrics;
    private readonly ILoggerFactory? _logs;
    private readonly EventQueue? _events;
    private readonly EventLog _log;
    private readonly Dictionary<string, DeliveryCounts> _exports = [];

    private TelemetryExport(ExportSettings settings, BootstrapSpec bootstrap, EventLog log, MeshMetrics metrics)
    {
        _log = log;
        var role = bootstrap.Role.Word();
        if (settings.Traces)
        {
            var options = OtlpTerms.Of(settings, "TRACES");
            OtlpTerms.Count(options, settings, CountsOf("traces"));
            var queue = new SpanQueue(new OtlpTraceExporter(options), settings.MaxQueue, settings.MaxBatch, settings.Delay);
            _traces = Sdk.CreateTracerProviderBuilder()
                .ConfigureResource(resource => Describe(resource, bootstrap, role))
                .SetSampler(FailureSampler.Of(settings))
                .AddSource("GatewayMesh.*")
                .AddProcessor(queue)
                .Build();
            metrics.AddCounters(
                "gatewaymesh_telemetry_spans_total",
                "Recorded spans, by what became of them.",
                () =>
                [
                    new(queue.Delivered, new KeyValuePair<string, object?>("outcome", "delivered")),
                    new(queue.Full, new KeyValuePair<string, object?>("outcome", "queue_full")),
                    new(queue.Lost, new KeyValuePair<string, object?>("outcome", "not_delivered")),
                ]);
        }

        if (settings.Metrics)
        {
            _metrics = Sdk.CreateMeterProviderBuilder()
                .ConfigureResource(resource => Describe(resource, bootstrap, role))
                .AddMeter("GatewayMesh.*")
                .AddView(instrument => new MetricStreamConfiguration
                {
                    CardinalityLimit = instrument.Name == "gatewaymesh_requests_total" ? MeshMetrics.MaxRequestSeries + 10 : MaxSeries,
                })
                .SetExemplarFilter(ExemplarFilterType.TraceBased)
                .AddOtlpExporter((options, _) => OtlpTerms.Count(options, settings, CountsOf("metrics")))
                .Build();
        }

        if (settings.Logs)
        {
            var queue = QueueOfEvents(settings, bootstrap, role, out _logs);
            _events = queue;
            log.Export = new EventExport(queue, bootstrap.Node, role);
            metrics.AddCounters(
                "gatewaymesh_telemetry_events_total",
                "Events for the collector, by what became of them.",
                () =>
                [
                    new(queue.Delivered, new KeyValuePair<string, object?>("outcome", "delivered")),
                    new(queue.Full, new KeyValuePair<string, object?>("outcome", "queue_full")),
                    new(queue.Lost, new KeyValuePair<string, object?>("outcome", "not_delivered")),
                ]);
        }

        metrics.AddCounters(
            "gatewaymesh_telemetry_exports_total",
            "Exports to the OpenTelemetry collector, by signal and outcome.",
            () => _exports.SelectMany(pair => MeasurementsOf(pair.Key, pair.Value)));
    }

    /// <summary>Starts the export; null if the variables ask for none, or if they cannot be used, which is an event.</summary>
    /// <param name="bootstrap">The node.</param>
    /// <param name="events">Receives events; its events are exported.</param>
    /// <param name="metrics">Receives the counts of the export.</param>
    public static IDisposable? Start(BootstrapSpec bootstrap, EventLog events, MeshMetrics metrics) =>
        ExportSettings.Read(Environment.GetEnvironmentVariable) is { } settings ? Start(settings, bootstrap, events, metrics) : null;

    /// <summary>
    /// Sends what is queued and stops, all signals at the same time and for at most a second: a process that has drained must not wait for
    /// its collector. The SDK alone waits up to 5 s for each signal.
    /// </summary>
    public void Dispose()
    {
        _log.Export = null;
        _ = BoundedShutdown.Run(Shutdown, [EndTraces, EndMetrics, EndLogs]);
    }

    // Not inlined: a process that exports nothing must not load the SDK.
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static TelemetryExport? Start(ExportSettings settings, BootstrapSpec bootstrap, EventLog events, MeshMetrics metrics)
    {
        var problem = settings.Problem;
        try
        {
            if (problem is null)
            {
                return new TelemetryExport(settings, bootstrap, events, metrics);
            }
        }
        catch (Exception failure) when (failure is ArgumentException or InvalidOperationException or NotSupportedException
            or IOException or System.Security.Cryptography.CryptographicException)
        {
            problem = failure.Message;
        }

        events.Error(
            "telemetry_export_refused", $"telemetry is not exported: {problem}; correct the variables and restart the process");
        return null;
    }

    // The SDK's own queue never fills: it gets one batch at a time, and is flushed after each.
    private EventQueue QueueOfEvents(ExportSettings settings, BootstrapSpec bootstrap, string role, out ILoggerFactory logs)
    {
        var (options, counts) = (OtlpTerms.Of(settings, "LOGS"), CountsOf("logs"));
        OtlpTerms.Count(options, settings, counts);
        var processor = new BatchLogRecordExportProcessor(
            new OtlpLogExporter(options), settings.MaxEventBatch, int.MaxValue, options.TimeoutMilliseconds, settings.MaxEventBatch);
        logs = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Debug).AddOpenTelemetry(terms =>
        {
            var resource = ResourceBuilder.CreateEmpty();
            Describe(resource, bootstrap, role);
            terms.SetResourceBuilder(resource);
            terms.IncludeFormattedMessage = true;
            terms.AddProcessor(processor);
        }));
        return new EventQueue(
            logs.CreateLogger("GatewayMesh"), processor, counts, settings.MaxEvents, settings.MaxEventBatch, settings.EventDelay);
    }

    // What the operator sets (OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES) comes last and wins.
    private static void Describe(ResourceBuilder resource, BootstrapSpec bootstrap, string role) => resource
        .Clear()
        .AddService(
            $"gatewaymesh-{role}",
            serviceVersion: Versions.Current,
            autoGenerateServiceInstanceId: false,
            serviceInstanceId: bootstrap.Node)
        .AddAttributes(
        [
            new("host.name", bootstrap.Node),
            new("process.pid", (long)Environment.ProcessId),
            new("gatewaymesh.cluster", bootstrap.Cluster ?? "default"),
        ])
        .AddTelemetrySdk()
        .AddEnvironmentVariableDetector();

    private static IEnumerable<Measurement<long>> MeasurementsOf(string signal, DeliveryCounts counts) =>
    [
        new(counts.Delivered, new("signal", signal), new("outcome", "delivered")),
        new(counts.Failed, new("signal", signal), new("outcome", "failed")),
    ];

    private void EndTraces()
    {
        _traces?.Shutdown(ShutdownMilliseconds);
        _traces?.Dispose();
    }

    private void EndMetrics()
    {
        _metrics?.Shutdown(ShutdownMilliseconds);
        _metrics?.Dispose();
    }

    private void EndLogs()
    {
        _events?.Dispose();
        _logs?.Dispose();
    }

    private DeliveryCounts CountsOf(string signal) => _exports[signal] = new DeliveryCounts();
}
