using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Guard.Leases;
using GatewayMesh.Linux;

namespace GatewayMesh.Guard.Workers;

/// <summary>The sidecar's listening sockets, owned by the guard, and their listening state.</summary>
internal sealed class GuardListeners : IDisposable
{
    private readonly SortedDictionary<string, OwnedListener> _listeners = new(StringComparer.Ordinal);

    /// <summary>All listeners, by name.</summary>
    internal IReadOnlyCollection<OwnedListener> All => _listeners.Values;

    /// <summary>Listeners whose connections the guard can carry: the outbound ones.</summary>
    internal IEnumerable<OwnedListener> Carried => _listeners.Values.Where(listener => !listener.IsInbound);

    /// <summary>Services with an outbound listener. Readable on any thread.</summary>
    internal IReadOnlyList<string> CarriedServices { get; private set; } = [];

    /// <summary>Adds a listener, replacing the listener of the same name. An unchanged listener keeps its socket.</summary>
    internal void Put(ListenerSpec spec, ListeningSocket socket)
    {
        if (_listeners.TryGetValue(spec.Name, out var before) && before.Socket != socket)
        {
            before.Socket.Dispose();
        }

        _listeners[spec.Name] = new OwnedListener(spec, socket);
        NoteServices();
    }

    /// <summary>Returns the listener of this name, or null.</summary>
    internal OwnedListener? Find(string name) => _listeners.GetValueOrDefault(name);

    /// <summary>Closes a listener.</summary>
    internal void Remove(string name)
    {
        if (_listeners.Remove(name, out var listener))
        {
            listener.Socket.Dispose();
            NoteServices();
        }
    }

    /// <summary>Makes each socket listen or refuse, depending on the acceptor.</summary>
    internal void Apply(Acceptor acceptor)
    {
        if (acceptor == Acceptor.Closed)
        {
            Dispose();
            return;
        }

        foreach (var listener in _listeners.Values)
        {
            listener.Listen(acceptor switch
            {
                Acceptor.Guard => !listener.IsInbound,
                Acceptor.Paused => false,
                _ => true,
            });
        }
    }

    public void Dispose()
    {
        foreach (var listener in _listeners.Values)
        {
            listener.Socket.Dispose();
        }

        _listeners.Clear();
    }

    private void NoteServices() => CarriedServices = [.. Carried.Select(listener => listener.Spec.Service!).Distinct()];
}

/// <summary>A listening socket of the guard.</summary>
internal sealed record OwnedListener(ListenerSpec Spec, ListeningSocket Socket)
{
    private bool _paused;

    internal bool IsInbound => Spec.Kind == ListenerKind.Inbound;

    /// <summary>Listens or refuses. No effect when already in that state: a listening socket must not be disturbed.</summary>
    internal void Listen(bool listen)
    {
        if (listen == _paused)
        {
            _paused = !listen;
            if (listen)
            {
                Socket.Resume();
            }
            else
            {
                Socket.Pause();
            }
        }
    }
}
