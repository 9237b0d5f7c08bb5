using GatewayMesh.Linux;
using GatewayMesh.Configuration.Listeners;

namespace GatewayMesh.Proxy.Listeners;

/// <summary>One lent listening socket and its purpose.</summary>
internal sealed class LentListener(ListenerSpec spec, ListeningSocket socket)
{
    /// <summary>Purpose of the listener.</summary>
    public ListenerSpec Spec { get; } = spec;

    /// <summary>Listening socket; its open file description is shared with the guard.</summary>
    public ListeningSocket Socket { get; } = socket;

    /// <summary>True for the guard's own probe, which is served with and without the lease.</summary>
    public bool IsProbe => Spec.Kind == ListenerKind.Probe;

    /// <summary>True after the listener was closed: no more connections are accepted.</summary>
    public bool Closed { get; set; }
}
