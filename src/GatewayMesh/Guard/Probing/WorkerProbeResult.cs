namespace GatewayMesh.Guard.Probing;

/// <summary>What became of a private probe.</summary>
internal enum WorkerProbeResult
{
    /// <summary>None has ended.</summary>
    None,

    /// <summary>Through the worker's data path and back.</summary>
    Passed,

    /// <summary>No answer in time.</summary>
    TimedOut,

    /// <summary>An answer, and not ours: refused, reset, or an error status.</summary>
    AnsweredBadly,
}
