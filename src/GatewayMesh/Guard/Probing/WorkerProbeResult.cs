namespace GatewayMesh.Guard.Probing;

/// <summary>Result of a private probe.</summary>
internal enum WorkerProbeResult
{
    /// <summary>Not complete.</summary>
    None,

    /// <summary>Passed through the worker's data path and back.</summary>
    Passed,

    /// <summary>Timed out.</summary>
    TimedOut,

    /// <summary>Failed: refused, reset, or an error status.</summary>
    AnsweredBadly,
}
