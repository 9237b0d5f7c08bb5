using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Snapshot;

namespace GatewayMesh.Proxy.LoadBalancing;

/// <summary>
/// The live side of an instance: requests in flight and passive ejection. Lives as long as its key (service, id, address) stands in the
/// snapshot; no locks, and nothing is allocated while all goes well.
/// </summary>
public sealed class EndpointState
{
    private readonly TimeProvider _time;
    private readonly Action<EndpointState>? _ejected;
    private Ejection _ejection = Ejection.Trusted;
    private Declared _declared;
    private int _inFlight;

    internal EndpointState(EndpointModel model, PolicyModel policy, TimeProvider time, Action<EndpointState>? ejected = null)
    {
        Key = EndpointKey.Of(model);
        _declared = new Declared(model, policy);
        _time = time;
        _ejected = ejected;
    }

    /// <summary>What makes it the same instance over reloads.</summary>
    public EndpointKey Key { get; }

    /// <summary>The instance as last declared.</summary>
    public EndpointModel Model => Volatile.Read(ref _declared).Model;

    /// <summary>Requests begun and not ended.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>Failures in a row since the last success, 0 while ejected.</summary>
    public int ConsecutiveFailures => Volatile.Read(ref _ejection).Failures;

    /// <summary>True while it gets no traffic but trials.</summary>
    public bool IsEjected => Volatile.Read(ref _ejection).IsEjected;

    /// <summary>True while a trial is under way.</summary>
    public bool IsOnTrial => Volatile.Read(ref _ejection).OnTrial;

    /// <summary>Ejections in a row, 0 while trusted.</summary>
    public int Ejections => Volatile.Read(ref _ejection).Times;

    /// <summary>Time left before a trial may begin; zero when it is not ejected or due.</summary>
    public TimeSpan EjectedFor
    {
        get
        {
            var ejection = Volatile.Read(ref _ejection);
            var now = _time.GetTimestamp();
            return ejection.IsEjected && now < ejection.Until ? _time.GetElapsedTime(now, ejection.Until) : TimeSpan.Zero;
        }
    }

    /// <summary>True when a request may begin here by the rules: not ejected, or due for a trial.</summary>
    internal bool IsUsable(long now)
    {
        var ejection = Volatile.Read(ref _ejection);
        return !ejection.IsEjected || ejection.TrialIsDue(now);
    }

    /// <summary>Begins a request here when it is usable. After an ejection only one caller gets the trial.</summary>
    public bool TryBegin(out EndpointLease lease)
    {
        while (true)
        {
            var ejection = Volatile.Read(ref _ejection);
            if (!ejection.IsEjected)
            {
                Interlocked.Increment(ref _inFlight);
                lease = new EndpointLease(this, ejection.Epoch, false);
                return true;
            }

            if (!ejection.TrialIsDue(_time.GetTimestamp()))
            {
                lease = default;
                return false;
            }

            if (Interlocked.CompareExchange(ref _ejection, ejection with { OnTrial = true }, ejection) == ejection)
            {
                Interlocked.Increment(ref _inFlight);
                lease = new EndpointLease(this, ejection.Epoch, true);
                return true;
            }
        }
    }

    /// <summary>Begins a request here whatever its standing: panic, because there is no better one.</summary>
    public EndpointLease Begin()
    {
        if (TryBegin(out var lease))
        {
            return lease;
        }

        Interlocked.Increment(ref _inFlight);
        return new EndpointLease(this, Volatile.Read(ref _ejection).Epoch, false);
    }

    internal void Report(EndpointOutcome outcome, int epoch, bool trial)
    {
        var policy = Volatile.Read(ref _declared).Policy;
        while (true)
        {
            var before = Volatile.Read(ref _ejection);
            var after = before.After(outcome, epoch, trial, policy, _time.GetTimestamp(), _time);
            if (ReferenceEquals(before, after))
            {
                return;
            }

            if (Interlocked.CompareExchange(ref _ejection, after, before) == before)
            {
                if (after.Times > 0 && after.Epoch != before.Epoch)
                {
                    _ejected?.Invoke(this);
                }

                return;
            }
        }
    }

    internal void Leave() => Interlocked.Decrement(ref _inFlight);

    internal void Declare(EndpointModel model, PolicyModel policy) => Volatile.Write(ref _declared, new Declared(model, policy));

    private sealed record Declared(EndpointModel Model, PolicyModel Policy);
}
