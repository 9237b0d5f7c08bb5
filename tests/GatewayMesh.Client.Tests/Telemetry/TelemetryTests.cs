using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using GatewayMesh.Client.Tests.Rig;
using Microsoft.Extensions.Logging;

namespace GatewayMesh.Client.Tests.Telemetry;

/// <summary>Telemetry of a failover.</summary>
public sealed class TelemetryTests
{
    [Test]
    public async Task Every_failover_is_counted_logged_and_traced()
    {
        using var metrics = new Metrics();
        var activities = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == GatewayMeshTelemetry.ActivitySourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activities.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        using var logs = new Logs();
        using var gateway = ScriptedGateway.Carrying();
        using var client = new TestClient(ScriptedServer.ClosedPort(), [gateway.Address], logs: logs);

        await client.GetAsync();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(metrics.Seen, Does.Contain("gatewaymesh_client_failovers_total from=sidecar to=gateway reason=refused: 1"));
            Assert.That(metrics.Seen, Does.Contain("gatewaymesh_client_requests_total tier=gateway outcome=answered: 1"));
            Assert.That(logs.Lines.Single(),
                Does.StartWith("Information GatewayMesh.Client: Failover from sidecar 127.0.0.1:").And.Contain("(refused) after"));
            var activity = activities.Single();
            Assert.That(
            (
                activity.OperationName,
                activity.GetTagItem("from"),
                activity.GetTagItem("to"),
                activity.GetTagItem("reason"),
                activity.GetTagItem("attempt")),
                Is.EqualTo(("gatewaymesh.failover", (object)"sidecar", (object)"gateway", (object)"refused", (object)"1")));
            Assert.That(gateway.Executed.Single()["traceparent"], Does.Contain(activity.TraceId.ToHexString()));
        }
    }

    [Test]
    public async Task A_request_that_is_not_retried_is_counted_and_logged_with_the_reason()
    {
        using var metrics = new Metrics();
        using var logs = new Logs();
        using var sidecar = ScriptedServer.Resetting();
        using var client = new TestClient(sidecar.Address, logs: logs);

        await Assert.ThrowsAsync<GatewayMeshException>(() => client.SendAsync("POST"));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(metrics.Seen, Does.Contain("gatewaymesh_client_replays_refused_total reason=not_idempotent: 1"));
            Assert.That(metrics.Seen, Does.Contain("gatewaymesh_client_requests_total tier=sidecar outcome=failed: 1"));
            Assert.That(logs.Lines.Single(), Does.Contain("Request failed (lost) after 1 attempts and is not retried: not_idempotent."));
        }
    }

    [Test]
    public void The_state_of_the_breaker_is_a_gauge_by_address()
    {
        using var metrics = new Metrics();
        using var logs = new Logs();
        using var client = new TestClient("127.0.0.1:9", ["127.0.0.1:9"], logs: logs);
        metrics.Observe();
        client.Handler.Routes.TargetBreaker!.Failed(FailoverReason.Hung);
        metrics.Observe();
        client.Dispose();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(metrics.Seen, Does.Contain("gatewaymesh_client_breaker_state address=127.0.0.1:9: 0"));
            Assert.That(metrics.Seen, Does.Contain("gatewaymesh_client_breaker_state address=127.0.0.1:9: 1"));
            Assert.That(logs.Lines.Single(),
                Is.EqualTo("Warning GatewayMesh.Client: Sidecar 127.0.0.1:9 is out of use (hung). Requests go straight to the gateways."));
        }
    }

    [Test]
    public void Every_reason_has_its_own_tag()
    {
        Assert.That(Enum.GetValues<FailoverReason>().Select(Client.Telemetry.ClientTags.Of), Is.Unique);
        Assert.That(Enum.GetValues<ReplayRefusal>().Select(Client.Telemetry.ClientTags.Of), Is.Unique);
    }

    private sealed class Metrics : IDisposable
    {
        private readonly MeterListener _listener = new();

        public Metrics()
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == GatewayMeshTelemetry.MeterName)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
            _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Add(instrument, value, tags));
            _listener.Start();
        }

        public ConcurrentQueue<string> Seen { get; } = [];

        public void Observe() => _listener.RecordObservableInstruments();

        public void Dispose() => _listener.Dispose();

        private void Add(Instrument instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
            Seen.Enqueue($"{instrument.Name} {string.Join(' ', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"))}: {value}");
    }

    private sealed class Logs : ILoggerFactory, ILogger
    {
        private string _category = "";

        public ConcurrentQueue<string> Lines { get; } = [];

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public ILogger CreateLogger(string categoryName)
        {
            _category = categoryName;
            return this;
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue($"{logLevel} {_category}: {formatter(state, exception)}");

        public void Dispose()
        {
        }
    }
}
