using GatewayMesh.Configuration.Policies.AdaptiveConcurrency;
using GatewayMesh.Configuration.Policies.Shedding;
using GatewayMesh.Proxy.AdaptiveConcurrency;
using GatewayMesh.Proxy.Limits;
using GatewayMesh.Proxy.LoadBalancing;
using Microsoft.Extensions.Time.Testing;

namespace GatewayMesh.Proxy.Tests.AdaptiveConcurrency;

/// <summary>
/// A server behind the limit: a fixed number of workers with the same service time, and an unbounded queue. In front of the limit are
/// callers with enough outstanding requests to use all of it. Runs in virtual time in steps of a millisecond.
/// </summary>
internal sealed class SimulatedServer
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(1);

    private readonly FakeTimeProvider _time = new();
    private readonly Queue<long> _waiting = [];
    private readonly List<(long Began, long Ends)> _working = [];

    public SimulatedServer(AdaptiveConcurrencyModel model, int workers, TimeSpan service)
    {
        _time.Advance(Step);
        Limit = new AdaptiveLimit(model, new SheddingModel { DefaultShare = 1 }, _time, new SplitMix(7));
        (Workers, Service) = (workers, service);
    }

    public AdaptiveLimit Limit { get; }

    public int Workers { get; set; }

    public TimeSpan Service { get; set; }

    public int Offered { get; set; } = 500;

    public int Served { get; private set; }

    public long Refused { get; private set; }

    public List<int> Limits { get; } = [];

    public void Run(TimeSpan time)
    {
        Limits.Clear();
        Served = 0;
        var windows = 0;
        for (var passed = TimeSpan.Zero; passed < time; passed += Step)
        {
            _time.Advance(Step);
            Finish();
            Arrive();
            Begin();
            if (passed >= windows * Limit.Model.SampleWindow)
            {
                windows++;
                Limit.Update();
                if (!Limit.IsMeasuring)
                {
                    Limits.Add(Limit.Limit);
                }
            }
        }
    }

    private void Finish()
    {
        var now = _time.GetTimestamp();
        foreach (var (began, _) in _working.Where(one => one.Ends <= now).ToList())
        {
            Limit.Leave(began, _time.GetElapsedTime(began, now));
            Served++;
        }

        _working.RemoveAll(one => one.Ends <= now);
    }

    private void Arrive()
    {
        while (Limit.InFlight < Offered)
        {
            if (Limit.TryEnter(Criticality.Default) != LimitVerdict.Admitted)
            {
                Refused++;
                return;
            }

            _waiting.Enqueue(_time.GetTimestamp());
        }
    }

    private void Begin()
    {
        while (_working.Count < Workers && _waiting.TryDequeue(out var began))
        {
            _working.Add((began, _time.GetTimestamp() + Service.Ticks));
        }
    }
}
