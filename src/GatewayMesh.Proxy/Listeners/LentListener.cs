using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Linux;
using GatewayMesh.Proxy.Loops;

namespace GatewayMesh.Proxy.Listeners;

/// <summary>One lent listening socket and its purpose.</summary>
/// <param name="Spec">Purpose of the listener.</param>
/// <param name="Socket">Listening socket; its open file description is shared with the guard.</param>
/// <param name="Accepting">The socket in the loops.</param>
internal sealed record LentListener(ListenerSpec Spec, ListeningSocket Socket, LoopListener Accepting)
{
    /// <summary>True for the guard's own probe, which is served with and without the lease.</summary>
    public bool IsProbe => Spec.Kind == ListenerKind.Probe;
}
