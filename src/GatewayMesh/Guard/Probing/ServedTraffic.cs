using GatewayMesh.Linux;

namespace GatewayMesh.Guard.Probing;

/// <summary>
/// Traffic that a worker has served since the last look. Requests that went through the data path prove as much as a probe, if every event
/// loop took part.
/// </summary>
/// <param name="progress">The worker's counters. A worker that publishes no loops gives no evidence.</param>
internal sealed class ServedTraffic(ProgressPage progress)
{
    /// <summary>Minimum number of ended requests between two looks: 2, because the end of the last probe may be counted late.</summary>
    internal const int LeastRequests = 2;

    private readonly long[] _turns = new long[progress.Loops];
    private long _ended;

    /// <summary>Looks at the counters.</summary>
    /// <returns>True if requests ended and every loop turned since the previous look.</returns>
    internal bool Look()
    {
        var ended = progress.Read(Progress.RequestsEnded);
        var served = ended - _ended >= LeastRequests && _turns.Length > 0;
        _ended = ended;
        for (var i = 0; i < _turns.Length; i++)
        {
            var turns = progress.Loop(i).Turns;
            served &= turns != _turns[i];
            _turns[i] = turns;
        }

        return served;
    }
}
