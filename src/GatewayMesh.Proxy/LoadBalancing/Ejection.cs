using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Snapshot;

namespace GatewayMesh.Proxy.LoadBalancing;

/// <summary>
/// Where an instance stands with passive ejection. Immutable: every step makes a new one, swapped in by compare-and-exchange.
/// <code>
/// trusted ──EjectAfter failures in a row──► ejected ──time over──► one trial at a time ──success──► trusted
///                                              ▲                        │
///                                              └───── failure (longer) ─┘
/// </code>
/// </summary>
/// <param name="Epoch">Counts changes of trust: what a request of an older epoch has to say is out of date.</param>
/// <param name="Failures">Failures in a row while trusted.</param>
/// <param name="Times">Ejections in a row, 0 while trusted.</param>
/// <param name="Until">Timestamp at which a trial may begin; meaningful while <see cref="Times"/> is above 0.</param>
/// <param name="OnTrial">True while one request tries it.</param>
internal sealed record Ejection(int Epoch, int Failures, int Times, long Until, bool OnTrial)
{
    /// <summary>An ejection grows with each further one in a row, up to this many times the first.</summary>
    public const int MaxGrowth = 10;

    /// <summary>Nothing is known against it.</summary>
    public static Ejection Trusted { get; } = new(0, 0, 0, 0, false);

    /// <summary>True while it gets no traffic but a trial.</summary>
    public bool IsEjected => Times > 0;

    /// <summary>True when a trial may begin.</summary>
    public bool TrialIsDue(long now) => IsEjected && !OnTrial && now >= Until;

    /// <summary>After evidence of a request that began in <paramref name="epoch"/>; returns itself when nothing changes.</summary>
    public Ejection After(EndpointOutcome outcome, int epoch, bool trial, PolicyModel policy, long now, TimeProvider time)
    {
        if (epoch != Epoch)
        {
            return this;
        }

        switch (outcome)
        {
            case EndpointOutcome.Success:
                // Also a request that went there in panic: it began after the ejection, so it shows the instance as it is now.
                return IsEjected ? Trusted with { Epoch = Epoch + 1 } : Failures == 0 ? this : this with { Failures = 0 };
            case EndpointOutcome.ConnectFailed or EndpointOutcome.Failed when trial:
                return Eject(policy, now, time);
            case EndpointOutcome.ConnectFailed or EndpointOutcome.Failed when !IsEjected:
                return Failures + 1 >= policy.Ejection.ConsecutiveFailures ? Eject(policy, now, time) : this with { Failures = Failures + 1 };
            case EndpointOutcome.Cancelled when trial:
                return this with { OnTrial = false };
            default:
                // A failure in panic does not lengthen the ejection: else the panic itself would push it to the longest.
                return this;
        }
    }

    private Ejection Eject(PolicyModel policy, long now, TimeProvider time)
    {
        var times = Math.Min(Times + 1, MaxGrowth);
        var ticks = policy.Ejection.Time.TotalSeconds * times * time.TimestampFrequency;
        return new Ejection(Epoch + 1, 0, times, now + (long)ticks, false);
    }
}
