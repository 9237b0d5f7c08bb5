using System.Net;
using System.Net.Sockets;
using GatewayMesh.Linux;

namespace GatewayMesh.Drills.Load;

/// <summary>
/// A keep-alive connection and its current request.
/// <code>
/// closed ──Begin──► connecting ──writable──► answering ──whole response──► idle ──Begin──► answering …
///    ▲ refused ◄────────┘            lost ◄──────┘ end of stream             │ end of stream: no request harmed
///    └───────────────────────────────────────────────────────────────────────┘
/// </code>
/// </summary>
internal sealed class LoadConnection(IPEndPoint target, ReadOnlyMemory<byte> request)
{
    private readonly LoadResponseReader _response = new();
    private Socket? _socket;
    private int _written;

    /// <summary>Descriptor to poll, or -1.</summary>
    public int Descriptor => _socket is null ? -1 : (int)_socket.Handle;

    /// <summary>Poll events to wait for.</summary>
    public short Wanted => IsConnecting || (IsBusy && _written < request.Length) ? ClientSocket.Output : ClientSocket.Input;

    /// <summary>True while a request is in flight.</summary>
    public bool IsBusy { get; private set; }

    /// <summary>True while the connect is pending.</summary>
    public bool IsConnecting { get; private set; }

    /// <summary>Intended send time of the request.</summary>
    public long Intended { get; private set; }

    /// <summary>Actual send time of the request.</summary>
    public long Sent { get; private set; }

    /// <summary>True if the request was sent before, on a connection that broke.</summary>
    public bool Replayed { get; private set; }

    /// <summary>The response, complete after <see cref="LoadOutcome.Ok"/> and the two error statuses.</summary>
    public LoadResponseReader Response => _response;

    /// <summary>Opens the connection ahead of its first request.</summary>
    public void Open()
    {
        _socket = ClientSocket.Connect(target);
        IsConnecting = _socket is not null;
    }

    /// <summary>Starts a request. Returns an outcome if the request ended at once.</summary>
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

    /// <summary>Continues after the descriptor became ready. Returns an outcome if the request ended.</summary>
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

    /// <summary>Abandons the request and closes the connection.</summary>
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
            // The peer closed an idle connection or sent unsolicited bytes: neither harms a request.
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
