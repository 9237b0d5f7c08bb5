using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Linux;

namespace GatewayMesh.Proxy.Listeners;

/// <summary>One lent listening socket and what it is for.</summary>
internal sealed class LentListener(ListenerSpec spec, ListeningSocket socket)
{
    /// <summary>What it is for.</summary>
    public ListenerSpec Spec { get; } = spec;

    /// <summary>The socket; its open description is shared with the guard.</summary>
    public ListeningSocket Socket { get; } = socket;

    /// <summary>The guard's own probe is answered with and without the lease.</summary>
    public bool IsProbe => Spec.Kind == ListenerKind.Probe;

    /// <summary>It was closed: nothing is taken from it any more.</summary>
    public bool Closed { get; set; }
}
