namespace GatewayMesh.Guard.Leases;

/// <summary>Something that the guard shall do, in the order given.</summary>
internal abstract record GuardAction
{
    /// <summary>Start a worker under this number.</summary>
    internal sealed record StartWorker(int Worker) : GuardAction;

    /// <summary>Let the worker accept.</summary>
    internal sealed record Grant(int Worker) : GuardAction;

    /// <summary>Ask the lease back.</summary>
    internal sealed record Revoke(int Worker) : GuardAction;

    /// <summary>Kill a hung worker.</summary>
    internal sealed record Kill(int Worker) : GuardAction;

    /// <summary>Let the worker leave the registry (if <paramref name="Leave"/>), end its requests and itself.</summary>
    internal sealed record Drain(int Worker, bool Leave) : GuardAction;

    /// <summary>End a worker that holds no lease and does not end by itself.</summary>
    internal sealed record Retire(int Worker, string Reason) : GuardAction;

    /// <summary>From here on this one accepts.</summary>
    internal sealed record Accept(Acceptor Who) : GuardAction;

    /// <summary>The upgrade has ended.</summary>
    internal sealed record UpgradeEnded(bool Well, string Reason) : GuardAction;

    /// <summary>All is done: close the listeners and end.</summary>
    internal sealed record Exit : GuardAction;
}
