using System.Collections.Immutable;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Guard.Control;
using GatewayMesh.Linux;
using GatewayMesh.Proxy;

namespace GatewayMesh.Workers;

/// <summary>The listeners lent by the guard: served by the data plane, and kept to hand them to the next guard.</summary>
internal sealed class WorkerListeners(DataPlane plane)
{
    private readonly Dictionary<string, (ListenerSpec Spec, ListeningSocket Socket)> _lent = [];

    /// <summary>Serves listeners, each replacing the listener of the same name.</summary>
    internal void Open(ImmutableArray<ListenerLease> listeners, IEnumerable<Descriptor> descriptors)
    {
        foreach (var (listener, descriptor) in listeners.Zip(descriptors))
        {
            Close(listener.Name);
            var spec = listener.ToSpec();
            var socket = new ListeningSocket(descriptor.Release());
            _lent[listener.Name] = (spec, socket);
            plane.Open(spec, new ListeningSocket(socket.Duplicate().Release()));
        }
    }

    /// <summary>Stops serving a listener. The socket keeps listening for its other holders.</summary>
    internal void Close(string name)
    {
        if (_lent.Remove(name, out var listener))
        {
            plane.Close(name);
            listener.Socket.Dispose();
        }
    }

    /// <summary>Returns all listeners, to hand them back.</summary>
    internal (ImmutableArray<ListenerLease> Listeners, int[] Descriptors) All() =>
        (
            [.. _lent.Values.Select(listener => ListenerLease.From(listener.Spec))],
            [.. _lent.Values.Select(listener => listener.Socket.Number)]);

    /// <summary>Resumes listeners that a guard may have paused before it died.</summary>
    internal void Resume()
    {
        foreach (var (_, socket) in _lent.Values)
        {
            socket.Resume();
        }
    }
}
