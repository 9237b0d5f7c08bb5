using GatewayMesh.Events;
using GatewayMesh.Guard.Leases;

namespace GatewayMesh.Guard;

/// <summary>The event of a change of who accepts connections.</summary>
internal static class AcceptorEvent
{
    /// <summary>The level: an error when connections are refused against the operator's will.</summary>
    internal static EventLevel LevelOf(Acceptor acceptor, bool leaves) => acceptor switch
    {
        Acceptor.Paused => leaves ? EventLevel.Warning : EventLevel.Error,
        Acceptor.Guard => leaves ? EventLevel.Info : EventLevel.Warning,
        _ => EventLevel.Info,
    };

    /// <summary>The message, which depends on whether there is anything to carry to a gateway.</summary>
    internal static string Describe(Acceptor acceptor, bool carries) => acceptor switch
    {
        Acceptor.Guard when !carries => "Guard: no worker holds the lease, so connections are refused and callers go to other instances; see why no worker serves",
        Acceptor.Guard => "Guard accepts from here on: no worker holds the lease, and gateways carry the connections",
        Acceptor.Paused when !carries => "Paused: no worker holds the lease, so connections are refused and callers go to other instances; see why no worker serves",
        Acceptor.Paused => "Paused: no worker holds the lease and no gateway answers, so connections are refused; start a gateway, or see why no worker serves",
        _ => $"{acceptor} accepts from here on",
    };
}
