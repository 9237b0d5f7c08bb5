using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace GatewayMesh.Bench.Soak;

/// <summary>
/// Keep-alive connections on one thread, each of which sends a request when its turn comes. A connection whose response is outstanding
/// skips its turn, so the load never grows beyond one request for each connection.
/// </summary>
internal sealed class SoakClients : IDisposable
{
    private static readonly byte[] Request = Encoding.ASCII.GetBytes("GET /soak HTTP/1.1\r\nHost: payments\r\nUser-Agent: soak\r\n\r\n");

    private readonly IPEndPoint _target;
    private readonly Epoll _epoll = new();
    private readonly Socket?[] _sockets; // null: the last attempt to connect was refused
    private readonly long[] _sentAt; // 0: no response is outstanding
    private readonly int[] _received;
    private readonly byte[] _buffer = new byte[16 * 1024];

    public SoakClients(int count, int port)
    {
        _target = new IPEndPoint(IPAddress.Loopback, port);
        (_sockets, _sentAt, _received) = (new Socket?[count], new long[count], new int[count]);
        for (var i = 0; i < count; i++)
        {
            Open(i);
        }
    }

    /// <summary>Requests sent.</summary>
    public long Sent { get; private set; }

    /// <summary>Requests answered with 200 and the whole content.</summary>
    public long Answered { get; private set; }

    /// <summary>Requests whose connection ended, or that were answered otherwise.</summary>
    public long Lost { get; private set; }

    /// <summary>Turns that were skipped because the last response was outstanding.</summary>
    public long Skipped { get; private set; }

    /// <summary>Responses that are outstanding.</summary>
    public long Outstanding => Sent - Answered - Lost;

    /// <summary>First bytes of the first other answer, or the error of the first ended connection; null for none.</summary>
    public string? FirstLoss { get; private set; }

    /// <summary>Times of the answered requests.</summary>
    public Times Times { get; } = new();

    /// <summary>Sends <paramref name="rate"/> requests a second on each connection for a while.</summary>
    /// <param name="rate">Requests a second on each connection.</param>
    /// <param name="span">Duration.</param>
    /// <param name="ramp">Time after which every connection takes part: one after the other begins.</param>
    /// <param name="end">Ends the load early.</param>
    public void Run(double rate, TimeSpan span, TimeSpan ramp, CancellationToken end)
    {
        var began = Stopwatch.GetTimestamp();
        var interval = Stopwatch.Frequency / (rate * _sockets.Length);
        var turns = (long)(span.TotalSeconds * Stopwatch.Frequency / interval);
        for (var turn = 0L; turn < turns && !end.IsCancellationRequested;)
        {
            var now = Stopwatch.GetTimestamp();
            while (turn < turns && began + (long)(turn * interval) <= now)
            {
                var i = (int)(turn++ % _sockets.Length);
                if ((double)i / _sockets.Length <= (now - began) / (ramp.TotalSeconds * Stopwatch.Frequency))
                {
                    Send(i);
                }
            }

            var wait = (began + (long)(turn * interval) - now) * 1000 / Stopwatch.Frequency;
            Receive((int)Math.Clamp(wait, 0, 100));
        }
    }

    /// <summary>Sends one request on each connection, a few at a time.</summary>
    public void SendOnce(CancellationToken end)
    {
        for (var i = 0; i < _sockets.Length && !end.IsCancellationRequested; i++)
        {
            Send(i);
            while (Outstanding > 32 && !end.IsCancellationRequested)
            {
                Receive(100);
            }
        }
    }

    /// <summary>Waits for outstanding responses; those that do not arrive in time are lost.</summary>
    public void Finish(TimeSpan limit)
    {
        var began = Stopwatch.GetTimestamp();
        while (Outstanding > 0 && Stopwatch.GetElapsedTime(began) < limit)
        {
            Receive(100);
        }

        if (Outstanding > 0)
        {
            FirstLoss ??= "no response";
            Lost += Outstanding;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var socket in _sockets)
        {
            socket?.Dispose();
        }

        _epoll.Dispose();
    }

    // Each source address has ports of its own.
    private void Open(int i)
    {
        const int PortsOfAnAddress = 8_000;
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Bind(new IPEndPoint(new IPAddress([127, 0, 0, (byte)(1 + (i / PortsOfAnAddress))]), 0));
        try
        {
            socket.Connect(_target);
        }
        catch (SocketException refused)
        {
            socket.Dispose();
            FirstLoss ??= refused.Message;
            (_sockets[i], _sentAt[i]) = (null, 0);
            return;
        }

        socket.Blocking = false;
        _epoll.Watch(socket, i);
        (_sockets[i], _sentAt[i], _received[i]) = (socket, 0, 0);
    }

    private void Send(int i)
    {
        if (_sockets[i] is null)
        {
            Open(i);
        }

        if (_sockets[i] is not { } socket)
        {
            Sent++;
            Lost++;
            return;
        }

        if (_sentAt[i] != 0)
        {
            Skipped++;
            return;
        }

        _sentAt[i] = Stopwatch.GetTimestamp();
        Sent++;
        if (socket.Send(Request, SocketFlags.None, out var error) != Request.Length)
        {
            Lose(i, error.ToString());
        }
    }

    private void Receive(int milliseconds)
    {
        Span<int> ids = stackalloc int[256];
        var count = _epoll.Wait(ids, milliseconds);
        for (var i = 0; i < count; i++)
        {
            ReceiveFrom(ids[i]);
        }
    }

    // All responses have the same content; the head is small, and seldom apart from it.
    private void ReceiveFrom(int i)
    {
        var count = _sockets[i]!.Receive(_buffer, SocketFlags.None, out var error);
        if (error == SocketError.WouldBlock)
        {
            return;
        }

        var bytes = _buffer.AsSpan(0, Math.Max(0, count));
        if (bytes.IsEmpty || _sentAt[i] == 0)
        {
            Lose(i, bytes.IsEmpty ? $"connection ended: {error}" : "a response without a request");
            return;
        }

        if (_received[i] == 0 && !bytes.StartsWith("HTTP/1.1 200"u8))
        {
            Lose(i, Encoding.Latin1.GetString(bytes[..Math.Min(300, bytes.Length)]));
            return;
        }

        _received[i] += bytes.Length;
        if (bytes[^1] == '\n' && _received[i] > SoakApplication.Body.Length && bytes[^2] == 'x')
        {
            Times.Add(Stopwatch.GetTimestamp() - _sentAt[i]);
            Answered++;
            (_sentAt[i], _received[i]) = (0, 0);
        }
    }

    private void Lose(int i, string reason)
    {
        if (_sentAt[i] != 0)
        {
            Lost++;
            FirstLoss ??= reason;
        }

        _sockets[i]!.Dispose();
        Open(i);
    }
}
