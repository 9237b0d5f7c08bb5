using GatewayMesh.Linux;

namespace GatewayMesh.Proxy.Loops;

/// <summary>A listening socket in the loops of a <see cref="LoopListeners"/>. Its state is guarded by that set.</summary>
internal sealed class LoopListener
{
    internal LoopListener(ListeningSocket socket, object? tag, ulong key, int loops)
    {
        (Socket, Tag, Key) = (socket, tag, key);
        IsAwaited = new bool[loops];
    }

    /// <summary>The listening socket; owned by the caller, who disposes it after <see cref="LoopListeners.Remove"/>.</summary>
    public ListeningSocket Socket { get; }

    /// <summary>Object of the caller, for example the specification of the listener.</summary>
    public object? Tag { get; }

    /// <summary>Key of its events.</summary>
    internal ulong Key { get; }

    /// <summary>True if nothing is accepted.</summary>
    internal bool IsPaused { get; set; }

    /// <summary>For each loop: true if the loop waits for connections.</summary>
    internal bool[] IsAwaited { get; }
}
