using GatewayMesh.Guard.Leases;

namespace GatewayMesh.Guard;

/// <summary>Names of the tiers.</summary>
internal static class Tiers
{
    internal static string Of(Acceptor acceptor) => acceptor switch
    {
        Acceptor.Worker => "sidecar",
        Acceptor.Guard => "gateway",
        _ => "none",
    };

    /// <summary>Reason of a tier change, as a label with few values.</summary>
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
