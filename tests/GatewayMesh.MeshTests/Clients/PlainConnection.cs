using System.Net;
using System.Net.Sockets;
using System.Text;

namespace GatewayMesh.MeshTests.Clients;

/// <summary>Outcome of a request.</summary>
internal enum Outcome
{
    /// <summary>200.</summary>
    Ok,

    /// <summary>The connection was refused.</summary>
    Refused,

    /// <summary>The connection ended or stayed silent.</summary>
    Lost,

    /// <summary>5xx.</summary>
    ServerError,

    /// <summary>Any other status.</summary>
    Other,
}

/// <summary>A keep-alive connection of a plain client without retries.</summary>
internal sealed class PlainConnection(IPEndPoint target, string host) : IRequests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly byte[] _request = Encoding.ASCII.GetBytes($"GET /work HTTP/1.1\r\nHost: {host}\r\n\r\n");
    private readonly byte[] _buffer = new byte[16 * 1024];
    private Socket? _socket;

    /// <summary>Head and body of the last response.</summary>
    public string Answer { get; private set; } = "";

    /// <summary>Sends a GET, connecting first without a live connection.</summary>
    public async Task<Outcome> GetAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            if (_socket is not null && IsClosedByPeer(_socket))
            {
                Drop();
            }

            if (_socket is null)
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                _socket = socket;
                await socket.ConnectAsync(target, patience.Token);
            }

            await _socket.SendAsync(_request, patience.Token);
            return await ReadAnswerAsync(_socket, patience.Token);
        }
        catch (SocketException error)
        {
            Drop();
            Answer = error.Message;
            return error.SocketErrorCode == SocketError.ConnectionRefused ? Outcome.Refused : Outcome.Lost;
        }
        catch (OperationCanceledException)
        {
            Drop();
            Answer = $"nothing for {Patience.TotalSeconds} s";
            return Outcome.Lost;
        }
    }

    public void Dispose() => Drop();

    private async Task<Outcome> ReadAnswerAsync(Socket socket, CancellationToken cancel)
    {
        var filled = 0;
        int length;
        while ((length = LengthOfAnswer(_buffer.AsSpan(0, filled))) < 0 || filled < length)
        {
            var read = await socket.ReceiveAsync(_buffer.AsMemory(filled), cancel);
            if (read == 0)
            {
                Drop();
                Answer = $"closed after {filled} bytes";
                return Outcome.Lost;
            }

            filled += read;
        }

        Answer = Encoding.Latin1.GetString(_buffer, 0, filled);
        if (Answer.Contains("\r\nConnection: close", StringComparison.OrdinalIgnoreCase))
        {
            Drop();
        }

        return Answer[9] switch
        {
            '5' => Outcome.ServerError,
            '2' => Outcome.Ok,
            _ => Outcome.Other,
        };
    }

    // Length of head and body, or -1 while unknown.
    private static int LengthOfAnswer(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return -1;
        }

        var head = Encoding.Latin1.GetString(bytes[..(end + 2)]);
        if (head.Contains("\r\nTransfer-Encoding: chunked", StringComparison.OrdinalIgnoreCase))
        {
            var last = bytes[(end + 2)..].IndexOf("\r\n0\r\n\r\n"u8);
            return last < 0 ? -1 : end + 2 + last + 7;
        }

        const string Name = "\r\nContent-Length: ";
        var at = head.IndexOf(Name, StringComparison.OrdinalIgnoreCase);
        return end + 4 + (
            at < 0
                ? 0
                : int.Parse(
                    head.AsSpan(at + Name.Length, head.IndexOf('\r', at + 2) - at - Name.Length),
                    System.Globalization.CultureInfo.InvariantCulture));
    }

    private static bool IsClosedByPeer(Socket socket) => socket.Poll(0, SelectMode.SelectRead) && socket.Available == 0;

    private void Drop()
    {
        _socket?.Dispose();
        _socket = null;
    }
}
