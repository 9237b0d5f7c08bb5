using GatewayMesh.Export;

namespace GatewayMesh.Tests.Export;

/// <summary>OpenTelemetry's standard variables.</summary>
public sealed class ExportSettingsTests
{
    [TestCase("", false, false, false, Description = "nothing is set")]
    [TestCase("OTEL_SERVICE_NAME=shop", false, false, false, Description = "a name alone exports nothing")]
    [TestCase("OTEL_EXPORTER_OTLP_ENDPOINT=", false, false, false, Description = "empty is unset")]
    [TestCase("OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4317", true, true, true)]
    [TestCase("OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4317 OTEL_SDK_DISABLED=true", false, false, false)]
    [TestCase("OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4317 OTEL_SDK_DISABLED=TRUE", false, false, false)]
    [TestCase("OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4317 OTEL_SDK_DISABLED=false", true, true, true)]
    [TestCase("OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4317 OTEL_METRICS_EXPORTER=none", true, false, true)]
    [TestCase("OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4317 OTEL_TRACES_EXPORTER=zipkin OTEL_LOGS_EXPORTER=console,otlp", false, true, true)]
    [TestCase("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://c:4317", true, false, false)]
    [TestCase("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT=http://c:4317", false, false, true)]
    public void An_endpoint_turns_a_signal_on(string variables, bool traces, bool metrics, bool logs)
    {
        var settings = Read(variables);
        Assert.That((settings?.Traces ?? false, settings?.Metrics ?? false, settings?.Logs ?? false), Is.EqualTo((traces, metrics, logs)));
        Assert.That(settings is null, Is.EqualTo(!(traces || metrics || logs)), "nothing to export is no settings");
    }

    [TestCase("", "parentbased_always_on", 1)]
    [TestCase("OTEL_TRACES_SAMPLER=TraceIdRatio OTEL_TRACES_SAMPLER_ARG=0.25", "traceidratio", 0.25)]
    [TestCase("OTEL_TRACES_SAMPLER=traceidratio OTEL_TRACES_SAMPLER_ARG=2", "traceidratio", 1)]
    [TestCase("OTEL_TRACES_SAMPLER=traceidratio OTEL_TRACES_SAMPLER_ARG=often", "traceidratio", 1)]
    [TestCase("OTEL_TRACES_SAMPLER_ARG=NaN", "parentbased_always_on", 1)]
    public void The_sampler_has_a_name_and_a_share(string variables, string name, double ratio)
    {
        var settings = Read(variables + " OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4317")!;
        Assert.That((settings.Sampler, settings.Ratio), Is.EqualTo((name, ratio)));
    }

    [TestCase("", 2048, 512, 5000)]
    [TestCase("OTEL_BSP_MAX_QUEUE_SIZE=16 OTEL_BSP_SCHEDULE_DELAY=100", 16, 16, 100)]
    [TestCase("OTEL_BSP_MAX_QUEUE_SIZE=-1 OTEL_BSP_MAX_EXPORT_BATCH_SIZE=0 OTEL_BSP_SCHEDULE_DELAY=x", 2048, 512, 5000)]
    [TestCase("OTEL_BSP_MAX_QUEUE_SIZE=2000000000", 65536, 512, 5000, Description = "bounded")]
    public void The_queue_is_bounded_whatever_the_variables_say(string variables, int queue, int batch, int delay)
    {
        var settings = Read(variables + " OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4317")!;
        Assert.That((settings.MaxQueue, settings.MaxBatch, settings.Delay.TotalMilliseconds), Is.EqualTo((queue, batch, (double)delay)));
    }

    [TestCase("", 2048, 512, 1000)]
    [TestCase("OTEL_BLRP_MAX_QUEUE_SIZE=16 OTEL_BLRP_SCHEDULE_DELAY=100", 16, 16, 100)]
    [TestCase("OTEL_BLRP_MAX_QUEUE_SIZE=0 OTEL_BLRP_MAX_EXPORT_BATCH_SIZE=-1", 2048, 512, 1000)]
    public void The_queue_of_events_is_bounded_too(string variables, int queue, int batch, int delay)
    {
        var settings = Read(variables + " OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4317")!;
        Assert.That(
            (settings.MaxEvents, settings.MaxEventBatch, settings.EventDelay.TotalMilliseconds), Is.EqualTo((queue, batch, (double)delay)));
    }

    [TestCase("OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4317", null)]
    [TestCase("OTEL_EXPORTER_OTLP_ENDPOINT=c:4317", "OTEL_EXPORTER_OTLP_ENDPOINT")]
    [TestCase("OTEL_EXPORTER_OTLP_ENDPOINT=/tmp/socket", "OTEL_EXPORTER_OTLP_ENDPOINT")]
    [TestCase("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT=ftp://c", "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT")]
    [TestCase("OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4318 OTEL_EXPORTER_OTLP_PROTOCOL=http/json", "OTEL_EXPORTER_OTLP_PROTOCOL")]
    public void A_variable_that_cannot_be_used_is_named(string variables, string? named)
    {
        var problem = Read(variables)!.Problem;
        Assert.That(problem, named is null ? Is.Null : Does.StartWith(named + " is "));
    }

    private static ExportSettings? Read(string variables)
    {
        var pairs = variables.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2))
            .ToDictionary(pair => pair[0], pair => pair[1]);
        return ExportSettings.Read(pairs.GetValueOrDefault);
    }
}
