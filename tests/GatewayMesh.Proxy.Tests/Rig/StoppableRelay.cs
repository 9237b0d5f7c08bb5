using System.Net;
using System.Net.Sockets;
using System.Text;

namespace GatewayMesh.Proxy.Tests.Rig;

/// <summary>
/// A relay of bytes in front of a server on loopback. On demand requests stop at a text, replies get lost, and connections break.
/// </summary>
internal sealed class StoppableRelay : IDisposable
{
    private const int MaxText = 256;

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Lock _gate = new();
    private readonly List<Socket> _sockets = [];
    private volatile int _target;
    private TaskCompletionSource _continued = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource? _stopped;
    private byte[]? _text;
    private volatile bool _isMute;

    /// <summary>Creates a relay.</summary>
    /// <param name="target">Port of the server.</param>
    public StoppableRelay(int target)
    {
        _target = target;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(16);
        _ = Task.Run(AcceptAsync);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    /// <summary>Leads the next connections to another server, as a virtual address does.</summary>
    /// <param name="target">Port of the server.</param>
    public void MoveTo(int target) => _target = target;

    /// <summary>Stops before the next piece of a request that has a text; the task completes once it has arrived.</summary>
    public Task StopBefore(string text)
    {
        lock (_gate)
        {
            (_text, _stopped) = (Encoding.ASCII.GetBytes(text), new(TaskCreationOptions.RunContinuationsAsynchronously));
            return _stopped.Task;
        }
    }

    /// <summary>Passes what has stopped.</summary>
    public void Continue()
    {
        lock (_gate)
        {
            _text = null;
            _continued.TrySetResult();
            _continued = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Drops the replies of the connections that are open, until <see cref="Break"/>.</summary>
    public void Mute() => _isMute = true;

    /// <summary>Closes all connections: what has stopped never arrives. The next connections work.</summary>
    public void Break()
    {
        lock (_gate)
        {
            _sockets.ForEach(socket => socket.Dispose());
            _sockets.Clear();
            _isMute = false;
        }

        Continue();
    }

    public void Dispose()
    {
        _listener.Dispose();
        Break();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptAsync();
                _ = Task.Run(() => RelayAsync(client));
            }
        }
        catch (Exception over) when (over is SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task RelayAsync(Socket client)
    {
        var server = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        client.NoDelay = true;
        lock (_gate)
        {
            _sockets.AddRange([client, server]);
        }

        try
        {
            await server.ConnectAsync(new IPEndPoint(IPAddress.Loopback, _target));
            await Task.WhenAny(PassAsync(client, server, isRequest: true), PassAsync(server, client, isRequest: false));
        }
        catch (Exception broken) when (broken is SocketException or ObjectDisposedException)
        {
        }
        finally
        {
            client.Dispose();
            server.Dispose();
        }
    }

    private async Task PassAsync(Socket from, Socket to, bool isRequest)
    {
        var buffer = new byte[MaxText + (64 * 1024)]; // the end of the piece before, then a piece
        try
        {
            while (await from.ReceiveAsync(buffer.AsMemory(MaxText)) is > 0 and var count)
            {
                if (isRequest)
                {
                    await StopAsync(buffer.AsMemory(0, MaxText + count));
                }
                else if (_isMute)
                {
                    continue;
                }

                for (var sent = 0; sent < count;)
                {
                    sent += await to.SendAsync(buffer.AsMemory(MaxText + sent, count - sent));
                }

                buffer.AsSpan(count, MaxText).CopyTo(buffer);
            }
        }
        catch (Exception broken) when (broken is SocketException or ObjectDisposedException)
        {
        }
    }

    private Task StopAsync(ReadOnlyMemory<byte> piece)
    {
        lock (_gate)
        {
            if (_text is null || piece.Span[(MaxText - _text.Length + 1)..].IndexOf(_text) < 0)
            {
                return Task.CompletedTask;
            }

            _stopped!.TrySetResult();
            return _continued.Task;
        }
    }
}
