using GatewayMesh.Configuration.Policies.AdaptiveConcurrency;
using GatewayMesh.Configuration.Policies.Shedding;
using GatewayMesh.Proxy.Limits;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.Shedding;

namespace GatewayMesh.Proxy.AdaptiveConcurrency;

/// <summary>
/// A limit on concurrent requests, found by measurement (as in Envoy's <c>adaptive_concurrency</c>):
/// <code>
/// measuring: limit = minConcurrency ──enough requests, all begun in this phase──► minRTT ──► following: each window limit' =
/// Gradient(limit, minRTT, latency)
///     ▲                                                                                         │
///     └── interval (and jitter) over, or five windows in a row at minConcurrency ◄──────────────┘
/// </code>
/// While measuring, critical requests keep the previous limit. Entering costs one compare-and-exchange; leaving costs one decrement and one
/// addition. A timer calls <see cref="Update"/>.
/// </summary>
internal sealed class AdaptiveLimit
{
    private const int WindowsAtLeast = 5;

    private readonly Lock _updating = new();
    private readonly TimeProvider _time;
    private readonly SplitMix _random;
    private readonly LatencyHistogram _window = new();
    private readonly LatencyHistogram _unloaded = new();
    private PermitCount _count;
    private Permits _permits;
    private int _limit;
    private int _windowsAtLeast;
    private double _minRtt;
    private long _measuringSince; // timestamp; 0 while following
    private long _measureAt;
    private int _measured;

    /// <summary>Creates a limit that starts by measuring.</summary>
    public AdaptiveLimit(AdaptiveConcurrencyModel model, SheddingModel shedding, TimeProvider time, SplitMix random)
    {
        Model = model;
        Shedding = shedding;
        _time = time;
        _random = random;
        _limit = model.MinConcurrency;
        _permits = null!;
        BeginMeasuring();
    }

    /// <summary>Model that this limit was created from.</summary>
    public AdaptiveConcurrencyModel Model { get; }

    /// <summary>Shedding shares, which decide the requests that are refused first.</summary>
    public SheddingModel Shedding { get; }

    /// <summary>Number of requests in flight.</summary>
    public int InFlight => _count.Taken;

    /// <summary>Current limit for all requests together.</summary>
    public int Limit => IsMeasuring ? Model.MinConcurrency : Volatile.Read(ref _limit);

    /// <summary>True while the latency without load is being measured.</summary>
    public bool IsMeasuring => Volatile.Read(ref _measuringSince) != 0;

    /// <summary>Latency without load; zero before the first measurement.</summary>
    public TimeSpan MinRtt => TimeSpan.FromMicroseconds(Volatile.Read(ref _minRtt));

    /// <summary>Takes a permit if one is free.</summary>
    public LimitVerdict TryEnter(Criticality criticality) => _count.TryEnter(Volatile.Read(ref _permits), criticality);

    /// <summary>Counts a request that another component has already admitted by <see cref="Limit"/>.</summary>
    public void Enter() => _count.Enter();

    /// <summary>Records the end of a request that entered.</summary>
    /// <param name="began">Start of the request (timestamp).</param>
    /// <param name="took">Latency of the response; null if the application sent no response, which is no measurement.</param>
    public void Leave(long began, TimeSpan? took)
    {
        _count.Leave();
        if (took is not { } latency)
        {
            return;
        }

        var since = Volatile.Read(ref _measuringSince);
        if (since == 0)
        {
            _window.Add(latency);
        }
        else if (began >= since)
        {
            _unloaded.Add(latency);
            if (Interlocked.Increment(ref _measured) == Model.MinRttRequests)
            {
                EndMeasuring();
            }
        }
    }

    /// <summary>Recomputes the limit from the latencies since the last call.</summary>
    public void Update()
    {
        lock (_updating)
        {
            if (IsMeasuring)
            {
                return;
            }

            if (_time.GetTimestamp() >= _measureAt || _windowsAtLeast >= WindowsAtLeast)
            {
                BeginMeasuring();
                return;
            }

            if (_window.Drain(Model.Percentile) is not { } latency)
            {
                return;
            }

            Volatile.Write(ref _limit, Gradient.Next(_limit, _minRtt, latency, Model));
            _windowsAtLeast = _limit == Model.MinConcurrency ? _windowsAtLeast + 1 : 0;
            Volatile.Write(ref _permits, Permits.OfMeasured(_limit, Shedding));
        }
    }

    private void BeginMeasuring()
    {
        _windowsAtLeast = 0;
        _unloaded.Drain(Model.Percentile);
        Volatile.Write(ref _measured, 0);
        Volatile.Write(
            ref _permits, Permits.OfMeasured(Model.MinConcurrency, Shedding) with { Critical = Math.Max(Model.MinConcurrency, _limit) });
        Volatile.Write(ref _measuringSince, Math.Max(1, _time.GetTimestamp()));
    }

    private void EndMeasuring()
    {
        lock (_updating)
        {
            Volatile.Write(ref _minRtt, Math.Max(1, _unloaded.Drain(Model.Percentile) ?? _minRtt));
            _window.Drain(Model.Percentile);
            var wait = Model.MinRttInterval * (1 + (Model.Jitter * _random.NextDouble()));
            _measureAt = _time.GetTimestamp() + (long)(wait.TotalSeconds * _time.TimestampFrequency);
            Volatile.Write(ref _permits, Permits.OfMeasured(_limit, Shedding));
            Volatile.Write(ref _measuringSince, 0);
        }
    }
}
