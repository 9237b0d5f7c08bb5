using GatewayMesh.Linux;

namespace GatewayMesh.Guard.Probing;

/// <summary>
/// Traffic that a worker has served since the last look. Responses of applications prove as much as a probe, if every event loop took part.
/// Responses of the worker itself prove nothing: a worker that cannot forward refuses quickly.
/// </summary>
/// <param name="progress">The worker's counters. A worker that publishes no loops gives no evidence.</param>
internal sealed class ServedTraffic(ProgressPage progress)
{
    private readonly long[] _turns = new long[progress.Loops];
    private long _answers;

    /// <summary>Looks at the counters.</summary>
    /// <returns>True if applications have responded and every loop turned since the previous look.</returns>
    internal bool Look()
    {
        var answers = progress.Read(Progress.UpstreamAnswers);
        var served = answers != _answers && _turns.Length > 0;
        _answers = answers;
        for (var i = 0; i < _turns.Length; i++)
        {
            var turns = progress.Loop(i).Turns;
            served &= turns != _turns[i];
            _turns[i] = turns;
        }

        return served;
    }
}
