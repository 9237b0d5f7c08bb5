namespace GatewayMesh.Guard.Leases;

/// <summary>Something that happened to a guard. The machine sees nothing else, so a test can play any life.</summary>
internal abstract record GuardEvent
{
    /// <summary>Time has passed.</summary>
    internal sealed record Tick : GuardEvent;

    /// <summary>The guard's own timer was late: this process or the machine stood still, so nothing measured lately says anything about a worker.</summary>
    internal sealed record TimerLate : GuardEvent;

    /// <summary>A worker process runs.</summary>
    internal sealed record WorkerStarted(int Worker) : GuardEvent;

    /// <summary>A worker of an earlier guard was found alive.</summary>
    /// <param name="Worker">The worker.</param>
    /// <param name="Leased">True if the worker accepts.</param>
    /// <param name="Drains">True if the worker was told to end by the earlier guard. Default: false.</param>
    internal sealed record WorkerAdopted(int Worker, bool Leased, bool Drains = false) : GuardEvent;

    /// <summary>A worker says whether it is able to serve (snapshot, certificate, internals).</summary>
    internal sealed record WorkerFitness(int Worker, bool Fit) : GuardEvent;

    /// <summary>The private probe went through the worker's data path and back.</summary>
    internal sealed record ProbePassed(int Worker) : GuardEvent;

    /// <summary>The private probe was not answered in time.</summary>
    /// <param name="Worker">The worker.</param>
    /// <param name="Progress">Sum of its progress counters.</param>
    /// <param name="WorkWaits">Whether work waits for it: a full accept queue, requests in flight, or the probe's own bytes.</param>
    /// <param name="Starved">True if its threads waited for a processor meanwhile. Default: false.</param>
    /// <param name="Accepts">True if its accepting thread turned since the time-out before. Default: false.</param>
    internal sealed record ProbeTimedOut(int Worker, long Progress, bool WorkWaits, bool Starved = false, bool Accepts = false) : GuardEvent;

    /// <summary>The private probe was answered with an error: the worker lives and its data path does not work.</summary>
    internal sealed record ProbeAnsweredBadly(int Worker) : GuardEvent;

    /// <summary>A worker no longer accepts: asked to, or by itself.</summary>
    internal sealed record LeaseReturned(int Worker) : GuardEvent;

    /// <summary>A worker's process has ended.</summary>
    /// <param name="Worker">The worker.</param>
    /// <param name="How">Its exit code, its signal, or the reason that it could not be started. Default: unknown.</param>
    internal sealed record WorkerEnded(int Worker, string? How = null) : GuardEvent;

    /// <summary>Whether any gateway answers.</summary>
    internal sealed record GatewaysAnswer(bool Any) : GuardEvent;

    /// <summary>Replace the worker by one of the binary on disk.</summary>
    internal sealed record UpgradeRequested : GuardEvent;

    /// <summary>Leave the mesh, stay up.</summary>
    internal sealed record DrainRequested : GuardEvent;

    /// <summary>Come back.</summary>
    internal sealed record UndrainRequested : GuardEvent;

    /// <summary>Leave the mesh and end.</summary>
    internal sealed record StopRequested : GuardEvent;
}
