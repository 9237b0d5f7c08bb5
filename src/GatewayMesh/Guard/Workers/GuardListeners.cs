using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Guard.Leases;
using GatewayMesh.Linux;

namespace GatewayMesh.Guard.Workers;

/// <summary>The sidecar's listening sockets, which the guard owns, and which of them listen now.</summary>
internal sealed class GuardListeners : IDisposable
{
    private readonly SortedDictionary<string, OwnedListener> _listeners = new(StringComparer.Ordinal);

    /// <summary>All of them, by name.</summary>
    internal IReadOnlyCollection<OwnedListener> All => _listeners.Values;

    /// <summary>Those whose connections the guard can carry: the applications' ways out.</summary>
    internal IEnumerable<OwnedListener> Carried => _listeners.Values.Where(listener => !listener.IsInbound);

    /// <summary>The services in whose name something may be carried. May be read on any thread.</summary>
    internal IReadOnlyList<string> CarriedServices { get; private set; } = [];

    /// <summary>Takes one in (in the place of one of the same name, which keeps its socket if it is the same one).</summary>
    internal void Put(ListenerSpec spec, ListeningSocket socket)
    {
        if (_listeners.TryGetValue(spec.Name, out var before) && before.Socket != socket)
        {
            before.Socket.Dispose();
        }

        _listeners[spec.Name] = new OwnedListener(spec, socket);
        NoteServices();
    }

    /// <summary>The listener of this name, or null.</summary>
    internal OwnedListener? Find(string name) => _listeners.GetValueOrDefault(name);

    /// <summary>Closes one.</summary>
    internal void Remove(string name)
    {
        if (_listeners.Remove(name, out var listener))
        {
            listener.Socket.Dispose();
            NoteServices();
        }
    }

    /// <summary>Lets each socket listen or refuse as it fits who accepts.</summary>
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

/// <summary>One of the guard's listening sockets.</summary>
internal sealed record OwnedListener(ListenerSpec Spec, ListeningSocket Socket)
{
    private bool _paused;

    internal bool IsInbound => Spec.Kind == ListenerKind.Inbound;

    /// <summary>Listens, or refuses. Asking for what is already so does nothing: a socket that listens must not be disturbed.</summary>
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
