using System.Net.Sockets;

namespace GatewayMesh.Admin;

/// <summary>One connection to the admin address, and how far it has come.</summary>
internal sealed class AdminConnection(Socket socket)
{
    private readonly Lock _gate = new();
    private bool _isHandling;
    private bool _isEvicted;

    /// <summary>Its socket.</summary>
    public Socket Socket { get; } = socket;

    /// <summary>The whole request is here, and its handler runs from now on.</summary>
    /// <exception cref="TimeoutException">It had to make room for another before.</exception>
    public void BeginHandling()
    {
        lock (_gate)
        {
            _isHandling = !_isEvicted ? true : throw new TimeoutException("The connection had to make room for another.");
        }
    }

    /// <summary>The handler has answered; what is left is for the client to read.</summary>
    public void EndHandling()
    {
        lock (_gate)
        {
            _isHandling = false;
        }
    }

    /// <summary>Ends it, unless its handler runs: the time of all else is the client's.</summary>
    /// <returns>False when its handler runs.</returns>
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
            Socket.Shutdown(SocketShutdown.Both); // wakes the thread that waits for it
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It has just ended by itself.
        }

        return true;
    }
}
