using GatewayMesh.Events;
using GatewayMesh.Guard.Leases;

namespace GatewayMesh.Guard;

/// <summary>Event for a change of the acceptor.</summary>
internal static class AcceptorEvent
{
    /// <summary>The level: an error when connections are refused unintentionally.</summary>
    internal static EventLevel LevelOf(Acceptor acceptor, bool leaves) => acceptor switch
    {
        Acceptor.Paused => leaves ? EventLevel.Warning : EventLevel.Error,
        Acceptor.Guard => leaves ? EventLevel.Info : EventLevel.Warning,
        _ => EventLevel.Info,
    };

    /// <summary>The message, which depends on the presence of outbound listeners.</summary>
    internal static string Describe(Acceptor acceptor, bool carries) => acceptor switch
    {
        Acceptor.Guard when !carries =>
            "Guard: no worker holds the lease, connections are refused and callers use other instances; see the worker's events for the "
                + "cause",
        Acceptor.Guard => "Guard accepts: no worker holds the lease, and gateways carry the connections",
        Acceptor.Paused when !carries =>
            "Paused: no worker holds the lease, connections are refused and callers use other instances; see the worker's events for the "
                + "cause",
        Acceptor.Paused =>
            "Paused: no worker holds the lease and no gateway responds, so connections are refused; start a gateway, or see the worker's "
                + "events for the cause",
        _ => $"{acceptor} accepts",
    };
}
