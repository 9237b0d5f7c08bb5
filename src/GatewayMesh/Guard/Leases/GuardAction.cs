namespace GatewayMesh.Guard.Leases;

/// <summary>An action for the guard, executed in the given order.</summary>
internal abstract record GuardAction
{
    /// <summary>Start a worker with this number.</summary>
    internal sealed record StartWorker(int Worker) : GuardAction;

    /// <summary>Grant the worker the lease.</summary>
    internal sealed record Grant(int Worker) : GuardAction;

    /// <summary>Revoke the lease.</summary>
    internal sealed record Revoke(int Worker) : GuardAction;

    /// <summary>Kill a hung worker.</summary>
    internal sealed record Kill(int Worker) : GuardAction;

    /// <summary>Let the worker deregister (if <paramref name="Leave"/>), finish its requests, and exit.</summary>
    internal sealed record Drain(int Worker, bool Leave) : GuardAction;

    /// <summary>End a worker that holds no lease and does not exit by itself.</summary>
    internal sealed record Retire(int Worker, string Reason) : GuardAction;

    /// <summary>Switch to this acceptor.</summary>
    internal sealed record Accept(Acceptor Who) : GuardAction;

    /// <summary>Report the end of the upgrade.</summary>
    internal sealed record UpgradeEnded(bool Well, string Reason) : GuardAction;

    /// <summary>Finished: close the listeners and exit.</summary>
    internal sealed record Exit : GuardAction;
}
