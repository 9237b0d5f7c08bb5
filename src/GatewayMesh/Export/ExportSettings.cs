using System.Globalization;

namespace GatewayMesh.Export;

/// <summary>
/// Settings of OpenTelemetry's standard variables. Read without the SDK, so that a process that exports nothing never loads it. The SDK
/// itself reads the variables that only it needs (headers, protocol, limits, …).
/// </summary>
internal sealed record ExportSettings
{
    private const string Otlp = "otlp";

    private static readonly string[] Signals = ["TRACES", "METRICS", "LOGS"];

    private readonly Func<string, string?> _variable;

    private ExportSettings(Func<string, string?> variable) => _variable = variable;

    /// <summary>True if spans are exported: an endpoint is set, and <c>OTEL_TRACES_EXPORTER</c> is unset or <c>otlp</c>.</summary>
    public bool Traces { get; private init; }

    /// <summary>True if metrics are exported.</summary>
    public bool Metrics { get; private init; }

    /// <summary>True if events are exported as log records.</summary>
    public bool Logs { get; private init; }

    /// <summary>Maximum number of spans that wait for the collector (<c>OTEL_BSP_MAX_QUEUE_SIZE</c>). Default: 2,048.</summary>
    public int MaxQueue => Number("OTEL_BSP_MAX_QUEUE_SIZE", 2048, most: 65536);

    /// <summary>Maximum number of spans of one export (<c>OTEL_BSP_MAX_EXPORT_BATCH_SIZE</c>). Default: 512.</summary>
    public int MaxBatch => Math.Min(MaxQueue, Number("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", 512, most: 65536));

    /// <summary>Time between two exports of spans (<c>OTEL_BSP_SCHEDULE_DELAY</c>, milliseconds). Default: 5 s.</summary>
    public TimeSpan Delay => TimeSpan.FromMilliseconds(Number("OTEL_BSP_SCHEDULE_DELAY", 5000, most: 3_600_000));

    /// <summary>Maximum number of events that wait for the collector (<c>OTEL_BLRP_MAX_QUEUE_SIZE</c>). Default: 2,048.</summary>
    public int MaxEvents => Number("OTEL_BLRP_MAX_QUEUE_SIZE", 2048, most: 65536);

    /// <summary>Maximum number of events of one export (<c>OTEL_BLRP_MAX_EXPORT_BATCH_SIZE</c>). Default: 512.</summary>
    public int MaxEventBatch => Math.Min(MaxEvents, Number("OTEL_BLRP_MAX_EXPORT_BATCH_SIZE", 512, most: 65536));

    /// <summary>Time between two exports of events (<c>OTEL_BLRP_SCHEDULE_DELAY</c>, milliseconds). Default: 1 s.</summary>
    public TimeSpan EventDelay => TimeSpan.FromMilliseconds(Number("OTEL_BLRP_SCHEDULE_DELAY", 1000, most: 3_600_000));

    /// <summary>Name of the sampler (<c>OTEL_TRACES_SAMPLER</c>). Default: <c>parentbased_always_on</c>.</summary>
    public string Sampler => Text("OTEL_TRACES_SAMPLER")?.ToLowerInvariant() ?? "parentbased_always_on";

    /// <summary>Share of new traces that are sampled, 0 to 1 (<c>OTEL_TRACES_SAMPLER_ARG</c>). Default: 1, also for other values.</summary>
    public double Ratio =>
        double.TryParse(Text("OTEL_TRACES_SAMPLER_ARG"), NumberStyles.Float, CultureInfo.InvariantCulture, out var ratio)
        && ratio is >= 0 and <= 1
            ? ratio
            : 1;

    /// <summary>
    /// The first variable that cannot be used, with the reason; null if all can. The SDK would silently use its default instead.
    /// </summary>
    public string? Problem =>
        Signals.Select(signal => $"OTEL_EXPORTER_OTLP_{signal}_").Prepend("OTEL_EXPORTER_OTLP_").Select(ProblemOf)
            .FirstOrDefault(problem => problem is not null);

    /// <summary>Returns the settings; null if nothing is exported.</summary>
    /// <param name="variable">Value of a variable; null or empty if unset.</param>
    public static ExportSettings? Read(Func<string, string?> variable)
    {
        var settings = new ExportSettings(variable);
        if (string.Equals(settings.Text("OTEL_SDK_DISABLED"), "true", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        settings = new ExportSettings(variable)
        {
            Traces = settings.IsOn("TRACES"),
            Metrics = settings.IsOn("METRICS"),
            Logs = settings.IsOn("LOGS"),
        };
        return settings.Traces || settings.Metrics || settings.Logs ? settings : null;
    }

    /// <summary>Value of a variable of the exporter for one signal, otherwise for all signals; null if unset.</summary>
    /// <param name="signal"><c>TRACES</c>, <c>METRICS</c>, or <c>LOGS</c>.</param>
    /// <param name="name">Last part of the name, such as <c>ENDPOINT</c>.</param>
    public string? OfSignal(string signal, string name) => Text($"OTEL_EXPORTER_OTLP_{signal}_{name}");

    /// <summary>Value of a variable; null if unset or empty, which is the same (OpenTelemetry's specification).</summary>
    public string? Text(string name) => _variable(name)?.Trim() is { Length: > 0 } text ? text : null;

    private string? ProblemOf(string prefix) =>
        Text(prefix + "ENDPOINT") is { } endpoint
        && !(Uri.TryCreate(endpoint, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https")
            ? $"{prefix}ENDPOINT is {endpoint}, which is no http or https URI"
        : Text(prefix + "PROTOCOL") is { } protocol && protocol is not ("grpc" or "http/protobuf")
            ? $"{prefix}PROTOCOL is {protocol}; use grpc or http/protobuf"
            : null;

    private bool IsOn(string signal) =>
        (Text("OTEL_EXPORTER_OTLP_ENDPOINT") ?? OfSignal(signal, "ENDPOINT")) is not null
        && (Text($"OTEL_{signal}_EXPORTER") ?? Otlp).Split(',', StringSplitOptions.TrimEntries).Contains(Otlp);

    private int Number(string name, int otherwise, int most) =>
        int.TryParse(Text(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? Math.Min(number, most)
            : otherwise;
}
