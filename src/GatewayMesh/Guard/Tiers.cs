using GatewayMesh.Guard.Leases;

namespace GatewayMesh.Guard;

/// <summary>Who carries the host's traffic, in the words of the contract.</summary>
internal static class Tiers
{
    internal static string Of(Acceptor acceptor) => acceptor switch
    {
        Acceptor.Worker => "sidecar",
        Acceptor.Guard => "gateway",
        _ => "none",
    };

    /// <summary>Why the tier changed, as a label of few values.</summary>
    internal static string Reason(GuardEvent happened) => happened switch
    {
        GuardEvent.WorkerEnded => "worker_ended",
        GuardEvent.LeaseReturned => "lease_returned",
        GuardEvent.GatewaysAnswer { Any: true } => "gateway_back",
        GuardEvent.GatewaysAnswer => "gateways_silent",
        GuardEvent.WorkerAdopted => "adopted",
        _ => "worker_ready",
    };
}
