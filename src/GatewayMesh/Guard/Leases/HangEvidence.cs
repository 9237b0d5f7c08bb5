namespace GatewayMesh.Guard.Leases;

/// <summary>
/// Evidence for a hung worker. All three must hold: consecutive probes failed, the progress counters did not move while work was pending,
/// and the guard's own timer was not late. A slow, overloaded or starved worker is not hung: while its threads wait for a processor, many
/// more probes must fail.
/// <para>
/// Counters that other event loops move do not excuse a loop that is stalled all the time: its connections hang, and each probe waits for
/// it.
/// </para>
/// <para>
/// A worker whose thread pool has no free thread looks the same from outside: it accepts, and nothing that it accepted moves. Killing such
/// a worker is right when the state lasts: its callers hang, the threads do not return by themselves, and a gateway serves meanwhile. A
/// growing pool is not hung: .NET adds a thread after half a second to a second without a free thread, and the first work of that thread
/// moves the counters. While the accepting thread turns, the probes must therefore fail for longer than that. A process in which no thread
/// runs counts as hung at once.
/// </para>
/// </summary>
internal sealed class HangEvidence(LeaseSettings settings)
{
    private int _still;
    private bool _starved;
    private bool _accepts;
    private long _progress;
    private int? _stalledLoop;

    /// <summary>Start of the current series of failed probes, or null.</summary>
    internal TimeSpan? FailingSince { get; private set; }

    /// <summary>Consecutive error responses.</summary>
    internal int BadAnswers { get; private set; }

    /// <summary>True when the evidence is sufficient.</summary>
    internal bool Hung => _still >= settings.ProbeFailures * (_starved ? settings.StarvedFactor : _accepts ? settings.PoolFactor : 1);

    /// <summary>Resets the evidence: the worker responded.</summary>
    internal void Clear()
    {
        _still = 0;
        FailingSince = null;
        BadAnswers = 0;
    }

    /// <summary>The guard itself was stopped, so measured times are void. The series of missing good responses still counts.</summary>
    internal void Distrust(TimeSpan now)
    {
        _still = 0;
        FailingSince = FailingSince is null ? null : now;
    }

    /// <summary>A probe timed out.</summary>
    internal void TimedOut(TimeSpan now, long progress, bool workWaits, bool starved, bool accepts, int? stalledLoop)
    {
        FailingSince ??= now;
        var moved = _still > 0 && progress != _progress && (stalledLoop is null || (_stalledLoop ?? stalledLoop) != stalledLoop);
        _still = !workWaits ? 0 : moved ? 1 : _still + 1;
        _progress = progress;
        _stalledLoop = stalledLoop;
        _starved = starved;
        _accepts = accepts;
    }

    /// <summary>A probe returned an error.</summary>
    internal void AnsweredBadly(TimeSpan now)
    {
        FailingSince ??= now;
        _still = 0;
        BadAnswers++;
    }
}
