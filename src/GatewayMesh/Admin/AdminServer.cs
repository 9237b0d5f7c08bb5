using System.Net.Sockets;

namespace GatewayMesh.Admin;

/// <summary>
/// A tiny HTTP/1.1 server for the admin address. It answers while the thread pool is starved and the data plane stalls: it accepts on a thread
/// of its own, serves each connection on a thread of its own, and waits by poll. One request a connection, at most 32 connections at a time: one more ends
/// the oldest whose client keeps it waiting.
/// </summary>
public sealed class AdminServer : IDisposable
{
    /// <summary>Connections at a time.</summary>
    public const int MaxConnections = 32;

    private static readonly TimeSpan StopCheck = TimeSpan.FromMilliseconds(250);

    // Handlers write JSON and relay; they do not recurse. 32 default stacks would be 256 MB of address space in a container with a limit on it.
    private const int StackSize = 512 * 1024;

    private readonly Socket _listener;
    private readonly AdminExchange _exchange;
    private readonly Thread _accepting;
    private readonly AdminConnections _connections = new(MaxConnections);
    private volatile bool _stopping;

    /// <summary>Begins to serve.</summary>
    /// <param name="listener">A listening socket, TCP or Unix. It is made non-blocking (another process may share it) and stays the caller's: never closed here.</param>
    /// <param name="routes">Handlers by method and path; GET answers HEAD as well.</param>
    /// <param name="limit">Time for one connection, all of it. Default: 5 s.</param>
    /// <param name="token">What must be shown. Default: nothing, and only who comes by loopback or a Unix socket is answered.</param>
    public AdminServer(Socket listener, IReadOnlyDictionary<(string Method, string Path), AdminHandler> routes, TimeSpan? limit = null, AdminToken? token = null)
    {
        listener.Blocking = false;
        _listener = listener;
        _exchange = new AdminExchange(routes, token ?? new AdminToken(null), limit ?? TimeSpan.FromSeconds(5));
        _accepting = new Thread(Accept, StackSize) { IsBackground = true, Name = "admin" };
        _accepting.Start();
    }

    /// <summary>Stops accepting. Connections under way run out by themselves.</summary>
    public void Dispose()
    {
        _stopping = true;
        _accepting.Join();
    }

    private void Accept()
    {
        while (!_stopping)
        {
            try
            {
                if (_listener.Poll(StopCheck, SelectMode.SelectRead) && !_stopping)
                {
                    Serve(_listener.Accept());
                }
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable)
            {
                // The connection stays in the queue, and poll would say so again at once: wait instead of spinning.
                Thread.CurrentThread.Join(StopCheck);
            }
            catch (SocketException)
            {
                // Another process took it, or the peer is gone already.
            }
            catch (ObjectDisposedException)
            {
                return;
            }
        }
    }

    private void Serve(Socket socket)
    {
        if (_connections.TryAdd(socket) is not { } connection)
        {
            socket.Dispose();
            return;
        }

        try
        {
            new Thread(() => Run(connection), StackSize) { IsBackground = true, Name = "admin connection" }.Start();
        }
        catch (OutOfMemoryException)
        {
            // No thread to be had (pids or memory short): here, then. That is when an operator looks.
            Run(connection);
        }
    }

    private void Run(AdminConnection connection)
    {
        try
        {
            _exchange.Run(connection);
        }
        finally
        {
            connection.Socket.Dispose();
            _connections.Remove(connection);
        }
    }
}
