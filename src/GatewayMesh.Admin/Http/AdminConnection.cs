using System.Net.Sockets;

namespace GatewayMesh.Admin.Http;

/// <summary>A connection to the admin address and its progress.</summary>
public sealed class AdminConnection(Socket socket)
{
    private readonly Lock _gate = new();
    private bool _isHandling;
    private bool _isEvicted;

    /// <summary>The socket.</summary>
    public Socket Socket { get; } = socket;

    /// <summary>Marks the request as complete; its handler runs next.</summary>
    /// <exception cref="TimeoutException">The connection was evicted before.</exception>
    public void BeginHandling()
    {
        lock (_gate)
        {
            _isHandling = !_isEvicted ? true : throw new TimeoutException("The connection was evicted for another.");
        }
    }

    /// <summary>Marks the handler as done; the client still has to read the response.</summary>
    public void EndHandling()
    {
        lock (_gate)
        {
            _isHandling = false;
        }
    }

    /// <summary>Evicts the connection unless its handler is running: all other time is the client's.</summary>
    /// <returns>False while the handler runs.</returns>
    public bool TryEvict()
    {
        lock (_gate)
        {
            if (_isHandling)
            {
                return false;
            }

            _isEvicted = true;
        }

        try
        {
            Socket.Shutdown(SocketShutdown.Both); // wakes the waiting thread
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The connection has just ended by itself.
        }

        return true;
    }
}
