using System.Net;
using System.Net.Sockets;
using GatewayMesh.Linux;

namespace GatewayMesh.Commands.Drill.Load;

/// <summary>
/// One keep-alive connection and the request on it.
/// <code>
/// closed ──Begin──► connecting ──writable──► answering ──whole response──► idle ──Begin──► answering …
///    ▲ refused ◄────────┘            lost ◄──────┘ end of stream             │ end of stream: no request harmed
///    └───────────────────────────────────────────────────────────────────────┘
/// </code>
/// </summary>
internal sealed class LoadConnection(IPEndPoint target, ReadOnlyMemory<byte> request)
{
    private readonly ResponseReader _response = new();
    private Socket? _socket;
    private int _written;

    /// <summary>Descriptor to poll, or -1.</summary>
    public int Descriptor => _socket is null ? -1 : (int)_socket.Handle;

    /// <summary>What to poll it for.</summary>
    public short Wanted => IsConnecting || (IsBusy && _written < request.Length) ? ClientSocket.Output : ClientSocket.Input;

    /// <summary>A request is on it.</summary>
    public bool IsBusy { get; private set; }

    /// <summary>The connect has no outcome yet.</summary>
    public bool IsConnecting { get; private set; }

    /// <summary>When the schedule wanted its request sent.</summary>
    public long Intended { get; private set; }

    /// <summary>When its request was handed to it.</summary>
    public long Sent { get; private set; }

    /// <summary>Its request was sent before, on a connection that broke.</summary>
    public bool Replayed { get; private set; }

    /// <summary>The response read, complete after <see cref="LoadOutcome.Ok"/> and the two errors by status.</summary>
    public ResponseReader Response => _response;

    /// <summary>Opens the connection ahead of its first request.</summary>
    public void Open()
    {
        _socket = ClientSocket.Connect(target);
        IsConnecting = _socket is not null;
    }

    /// <summary>Takes a request; an outcome when it ended on the spot.</summary>
    public LoadOutcome? Begin(long intended, long now, bool replayed = false)
    {
        (Intended, Sent, Replayed, IsBusy, _written) = (intended, now, replayed, true, 0);
        _response.Reset();
        if (_socket is null)
        {
            Open();
            return _socket is null ? End(LoadOutcome.Refused) : null;
        }

        return IsConnecting ? null : Write();
    }

    /// <summary>The descriptor is ready: goes on; an outcome when the request has ended.</summary>
    public LoadOutcome? Proceed(Span<byte> buffer)
    {
        if (IsConnecting)
        {
            IsConnecting = false;
            if ((int)_socket!.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)! == 0)
            {
                return IsBusy ? Write() : null;
            }

            Close();
            return IsBusy ? End(LoadOutcome.Refused) : null;
        }

        return Wanted == ClientSocket.Output ? Write() : Read(buffer);
    }

    /// <summary>Gives the request up and closes the connection.</summary>
    public LoadOutcome Abandon() => End(LoadOutcome.TimedOut)!.Value;

    /// <summary>Closes the connection.</summary>
    public void Close()
    {
        _socket?.Dispose();
        _socket = null;
        IsConnecting = false;
    }

    private LoadOutcome? Write()
    {
        var count = _socket!.Send(request.Span[_written..], SocketFlags.None, out var error);
        _written += count;
        return error is SocketError.Success or SocketError.WouldBlock ? null : End(LoadOutcome.Lost);
    }

    private LoadOutcome? Read(Span<byte> buffer)
    {
        var count = _socket!.Receive(buffer, SocketFlags.None, out var error);
        if (error == SocketError.WouldBlock)
        {
            return null;
        }

        if (!IsBusy)
        {
            // The peer ended an idle connection, or says what nobody asked: neither harms a request.
            Close();
            return null;
        }

        if (error == SocketError.Success && count > 0)
        {
            _response.Read(buffer[..count]);
        }
        else
        {
            _response.ReadEnd();
        }

        return _response switch
        {
            { IsBroken: true } => End(LoadOutcome.Lost),
            { IsDone: false } => null,
            { Status: >= 500 } => End(LoadOutcome.ServerError),
            { Status: >= 400 } => End(LoadOutcome.ClientError),
            _ => End(LoadOutcome.Ok),
        };
    }

    private LoadOutcome? End(LoadOutcome outcome)
    {
        IsBusy = false;
        if (!_response.IsDone || _response.Close)
        {
            Close();
        }

        return outcome;
    }
}
