using GatewayMesh.Client.Settings;
using GatewayMesh.Client.Telemetry;
using Polly;
using Polly.Retry;

namespace GatewayMesh.Client.Routes;

/// <summary>
/// The circuit breaker of the sidecar.
/// <code>
///   closed ── failures in a row, or hung ──► open: straight to the gateways
///     ▲                                                │ probed in the background
///     └──── every probe answered for a while ◄──────┘
/// </code>
/// </summary>
internal sealed class TargetBreaker(
    Target sidecar, ClientSettings settings, TimeProvider time, Func<double> random, ClientLog log) : IDisposable
{
    private const int SlowestInterval = 8;
    private readonly CancellationTokenSource _end = new();
    private readonly Lock _changing = new();
    private int _failures;
    private int _doubting;
    private volatile bool _open;

    /// <summary>True while the sidecar is not in use.</summary>
    public bool IsOpen => _open;

    /// <summary>Completes with the last background watch; for tests.</summary>
    public Task Watching { get; private set; } = Task.CompletedTask;

    /// <summary>Completes with the last probe after a lost request; for tests.</summary>
    public Task Doubting { get; private set; } = Task.CompletedTask;

    /// <summary>Records an answer of the sidecar.</summary>
    public void Succeeded() => Interlocked.Exchange(ref _failures, 0);

    /// <summary>Records a failure of the sidecar.</summary>
    public void Failed(FailoverReason reason)
    {
        if (Interlocked.Increment(ref _failures) >= settings.BreakerFailures || reason == FailoverReason.Hung)
        {
            Open(reason);
        }
    }

    /// <summary>
    /// Records a request lost in flight. The loss alone says little (one crash loses many requests at once, and the guard takes over at the
    /// same address), so the address is probed.
    /// </summary>
    public void Doubt()
    {
        if (!_open && Interlocked.Exchange(ref _doubting, 1) == 0)
        {
            Doubting = DoubtAsync(_end.Token);
        }
    }

    public void Dispose()
    {
        _end.Cancel();
        ClientMetrics.Forget(this);
    }

    private void Open(FailoverReason reason)
    {
        lock (_changing)
        {
            if (_open || _end.IsCancellationRequested)
            {
                return;
            }

            _open = true;
            log.BreakerOpened(sidecar.Address, reason);
            sidecar.LeaveConnections();
            Watching = WatchAsync(_end.Token);
        }
    }

    private async Task DoubtAsync(CancellationToken cancellation)
    {
        try
        {
            if (await sidecar.Probe.AskAsync(cancellation).ConfigureAwait(false) != TargetProbeResult.Live)
            {
                Failed(FailoverReason.Lost);
            }
        }
        catch (OperationCanceledException)
        {
        }
        finally
        {
            Volatile.Write(ref _doubting, 0);
        }
    }

    private async Task WatchAsync(CancellationToken cancellation)
    {
        await Task.Yield();
        var watch = new Recovery(settings.FailbackAfter * (0.5 + random()), time);
        try
        {
            await Probes(watch).ExecuteAsync(
                static async (state, token) => state.watch.IsOver(await state.sidecar.Probe.AskAsync(token).ConfigureAwait(false)),
                (watch, sidecar), cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        lock (_changing)
        {
            _failures = 0;
            _open = false;
        }

        log.BreakerClosed(sidecar.Address);
    }

    private ResiliencePipeline<bool> Probes(Recovery watch) =>
        new ResiliencePipelineBuilder<bool> { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions<bool>
            {
                ShouldHandle = new PredicateBuilder<bool>().HandleResult(false),
                MaxRetryAttempts = int.MaxValue,
                DelayGenerator = _ =>
                    new ValueTask<TimeSpan?>(
                        settings.ProbeInterval * Math.Min(SlowestInterval, 1 << Math.Min(watch.Silences, 10)) * (0.75 + (random() / 2))),
            })
            .Build();

    /// <summary>Measures the time for which every probe was answered.</summary>
    private sealed class Recovery(TimeSpan needed, TimeProvider time)
    {
        private long? _since;

        /// <summary>Consecutive probes without a good answer.</summary>
        public int Silences { get; private set; }

        public bool IsOver(TargetProbeResult result)
        {
            if (result != TargetProbeResult.Live)
            {
                _since = null;
                Silences++;
                return false;
            }

            Silences = 0;
            _since ??= time.GetTimestamp();
            return time.GetElapsedTime(_since.Value) >= needed;
        }
    }
}
