using System.Diagnostics.CodeAnalysis;
using GatewayMesh.Configuration.Policies.Shedding;
using GatewayMesh.Proxy.Limits;

namespace GatewayMesh.Proxy.Shedding;

/// <summary>Requests in flight under a limit: one compare-and-exchange to enter, one decrement to leave.</summary>
[SuppressMessage("Performance", "CA1815", Justification = "A field of its owner, never compared.")]
internal struct PermitCount
{
    private int _taken;

    /// <summary>Requests in flight.</summary>
    public int Taken => Volatile.Read(ref _taken);

    /// <summary>Takes a permit if one is free for the criticality. The count never exceeds the limit, not even briefly.</summary>
    public LimitVerdict TryEnter(Permits permits, Criticality criticality)
    {
        var most = permits.For(criticality);
        var taken = Volatile.Read(ref _taken);
        while (taken < most)
        {
            var seen = Interlocked.CompareExchange(ref _taken, taken + 1, taken);
            if (seen == taken)
            {
                return LimitVerdict.Admitted;
            }

            taken = seen;
        }

        return taken < permits.Critical ? LimitVerdict.Shed : LimitVerdict.Full;
    }

    /// <summary>Takes a permit, free or not.</summary>
    public void Enter() => Interlocked.Increment(ref _taken);

    /// <summary>Returns a permit.</summary>
    public void Leave() => Interlocked.Decrement(ref _taken);
}
