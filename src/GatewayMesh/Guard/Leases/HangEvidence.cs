namespace GatewayMesh.Guard.Leases;

/// <summary>
/// What speaks for a hung worker. All three must hold: probes failed in a row, its progress counters stood still meanwhile while work was
/// waiting, and the guard's own timer was not late. Slow, overloaded or starved is none of that: while its threads wait for a processor many
/// more probes must fail.
/// <para>
/// A worker whose pool has no free thread looks the same from outside: it accepts, and nothing that it accepted moves. Killing is right when that lasts, since its
/// callers hang, the threads do not come back by themselves, and a gateway serves meanwhile. A pool that grows is not hung: .NET adds a thread after half a second to
/// a second without a free one, and the first work of that thread moves the counters. While the accepting thread turns, the probes must therefore
/// fail for longer than that; a process in which no thread runs is hung at once.
/// </para>
/// </summary>
internal sealed class HangEvidence(LeaseSettings settings)
{
    private int _still;
    private bool _starved;
    private bool _accepts;
    private long _progress;

    /// <summary>Since when probes fail, or null.</summary>
    internal TimeSpan? FailingSince { get; private set; }

    /// <summary>Bad answers in a row.</summary>
    internal int BadAnswers { get; private set; }

    /// <summary>Whether it is certain.</summary>
    internal bool Hung => _still >= settings.ProbeFailures * (_starved ? settings.StarvedFactor : _accepts ? settings.PoolFactor : 1);

    /// <summary>All is forgotten: the worker answered.</summary>
    internal void Clear()
    {
        _still = 0;
        FailingSince = null;
        BadAnswers = 0;
    }

    /// <summary>The guard itself stood still: no time that was measured says anything. That the worker has not answered well since stands.</summary>
    internal void Distrust(TimeSpan now)
    {
        _still = 0;
        FailingSince = FailingSince is null ? null : now;
    }

    /// <summary>A probe was not answered in time.</summary>
    internal void TimedOut(TimeSpan now, long progress, bool workWaits, bool starved, bool accepts)
    {
        FailingSince ??= now;
        var moved = _still > 0 && progress != _progress;
        _still = !workWaits ? 0 : moved ? 1 : _still + 1;
        _progress = progress;
        _starved = starved;
        _accepts = accepts;
    }

    /// <summary>A probe was answered with an error.</summary>
    internal void AnsweredBadly(TimeSpan now)
    {
        FailingSince ??= now;
        _still = 0;
        BadAnswers++;
    }
}
