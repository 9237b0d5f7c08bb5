namespace GatewayMesh.Guard.Leases;

/// <summary>An event of the guard. The machine has no other input, so a test can play any history.</summary>
internal abstract record GuardEvent
{
    /// <summary>Time has passed.</summary>
    internal sealed record Tick : GuardEvent;

    /// <summary>
    /// The guard's own timer was late: this process or the machine was stopped, so recent measurements are no evidence about a worker.
    /// </summary>
    internal sealed record TimerLate : GuardEvent;

    /// <summary>A worker process has started.</summary>
    internal sealed record WorkerStarted(int Worker) : GuardEvent;

    /// <summary>A running worker of an earlier guard was found.</summary>
    /// <param name="Worker">The worker.</param>
    /// <param name="Leased">True if the worker accepts.</param>
    /// <param name="Drains">True if the earlier guard had told the worker to drain. Default: false.</param>
    internal sealed record WorkerAdopted(int Worker, bool Leased, bool Drains = false) : GuardEvent;

    /// <summary>A worker reports whether it is able to serve (snapshot, certificate, internals).</summary>
    internal sealed record WorkerFitness(int Worker, bool Fit) : GuardEvent;

    /// <summary>The private probe passed through the worker's data path and back.</summary>
    internal sealed record ProbePassed(int Worker) : GuardEvent;

    /// <summary>The private probe timed out.</summary>
    /// <param name="Worker">The worker.</param>
    /// <param name="Progress">Sum of the worker's progress counters.</param>
    /// <param name="WorkWaits">True if work is pending: connections in the accept queue, requests in flight, or the probe's own
    /// bytes.</param>
    /// <param name="Starved">True if the worker's threads waited for a processor meanwhile. Default: false.</param>
    /// <param name="Accepts">True if the worker's accepting thread turned since the previous timeout. Default: false.</param>
    /// <param name="StalledLoop">Index of an event loop of the worker that has not turned since the previous timeout although work waits for
    /// it. Default: none.</param>
    internal sealed record ProbeTimedOut(
        int Worker, long Progress, bool WorkWaits, bool Starved = false, bool Accepts = false, int? StalledLoop = null) : GuardEvent;

    /// <summary>The private probe returned an error: the worker is alive, but its data path is broken.</summary>
    internal sealed record ProbeAnsweredBadly(int Worker) : GuardEvent;

    /// <summary>A worker stopped accepting, on request or by itself.</summary>
    internal sealed record LeaseReturned(int Worker) : GuardEvent;

    /// <summary>A worker process has ended.</summary>
    /// <param name="Worker">The worker.</param>
    /// <param name="How">Exit code, signal, or the reason why the process could not be started. Default: unknown.</param>
    internal sealed record WorkerEnded(int Worker, string? How = null) : GuardEvent;

    /// <summary>True if any gateway responds.</summary>
    internal sealed record GatewaysAnswer(bool Any) : GuardEvent;

    /// <summary>Replace the worker with one of the binary on disk.</summary>
    internal sealed record UpgradeRequested : GuardEvent;

    /// <summary>Leave the mesh, but keep running.</summary>
    internal sealed record DrainRequested : GuardEvent;

    /// <summary>Return to the mesh.</summary>
    internal sealed record UndrainRequested : GuardEvent;

    /// <summary>Leave the mesh and exit.</summary>
    internal sealed record StopRequested : GuardEvent;
}
