using System.Net.Sockets;
using GatewayMesh.Linux;

namespace GatewayMesh.Admin.Http;

/// <summary>
/// A small HTTP/1.1 server for the admin address. It responds while the thread pool is starved and the data plane stalls: it accepts on its
/// own thread, serves each connection on a separate thread, and waits by poll. One request per connection, at most 32 connections at a
/// time;
/// a further connection evicts the oldest whose client keeps the server waiting.
/// </summary>
public sealed class AdminServer : IDisposable
{
    /// <summary>Maximum number of concurrent connections.</summary>
    public const int MaxConnections = 32;

    private static readonly TimeSpan DescriptorPause = TimeSpan.FromMilliseconds(250);

    // Handlers write JSON and relay; they do not recurse. 32 default stacks would take 256 MB of address space, too much for a limited
    // container.
    private const int StackSize = 512 * 1024;

    private readonly Socket _listener;
    private readonly AdminExchange _exchange;
    private readonly Thread _accepting;
    private readonly AdminConnections _connections = new(MaxConnections);
    private readonly Wake _wake = new();
    private volatile bool _stopping;

    /// <summary>Starts the server.</summary>
    /// <param name="listener">
    /// A listening socket, TCP or Unix. Made non-blocking (another process may share it); owned and closed by the caller.
    /// </param>
    /// <param name="routes">Handlers by method and path. GET handlers also serve HEAD.</param>
    /// <param name="limit">Total time limit of a connection. Default: 5 s.</param>
    /// <param name="token">The admin token. Default: none; then only loopback and Unix socket peers are served.</param>
    public AdminServer(
        Socket listener,
        IReadOnlyDictionary<(string Method, string Path), AdminHandler> routes,
        TimeSpan? limit = null,
        AdminToken? token = null)
    {
        listener.Blocking = false;
        _listener = listener;
        _exchange = new AdminExchange(routes, token ?? new AdminToken(null), limit ?? TimeSpan.FromSeconds(5));
        _accepting = new Thread(Accept, StackSize) { IsBackground = true, Name = "admin" };
        _accepting.Start();
    }

    /// <summary>Stops accepting. Open connections run to their end.</summary>
    public void Dispose()
    {
        if (!_stopping)
        {
            _stopping = true;
            _wake.Signal();
            _accepting.Join();
            _wake.Dispose();
        }
    }

    private void Accept()
    {
        var poll = new PollSet();
        while (!_stopping)
        {
            try
            {
                poll.Clear();
                _ = poll.Add(_wake.Number);
                var index = poll.Add((int)_listener.Handle);
                _ = poll.Wait(Timeout.InfiniteTimeSpan);
                if (poll.IsReady(index) && !_stopping)
                {
                    Serve(_listener.Accept());
                }
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.ConnectionAborted)
            {
                // Another process accepted the connection, or the peer is gone.
            }
            catch (Exception failure) when (failure is SocketException or LinuxException)
            {
                // Without a descriptor the connection stays in the queue, and poll would report it again at once: wait instead of spinning.
                Thread.CurrentThread.Join(DescriptorPause);
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
            // No thread available (pids or memory exhausted): serve here. That is when an operator needs the admin address.
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
