using System.Runtime.InteropServices;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using GatewayMesh.Linux;
using GatewayMesh.Proxy.Loops;

namespace GatewayMesh.Proxy.Streams;

/// <summary>
/// OpenSSL's state of one connection, without waiting. Records are read from and written to the socket by callbacks, straight from and to
/// OpenSSL's buffers. Every call into OpenSSL is made between <see cref="Enter"/> and <see cref="Leave"/>: callbacks find this object, the
/// error queue is empty before, and a <see cref="Dispose"/> that a callback asks for waits until OpenSSL has returned.
/// </summary>
internal sealed class TlsEngine : IDisposable
{
    /// <summary>Maximum length of a record: 16 KiB.</summary>
    public const int RecordLength = 16 * 1024;

    private readonly LoopSocket _socket;
    private readonly TlsVerification? _verification;
    private readonly Func<string, TlsContext?>? _choose;
    private readonly TlsHandle _handle;
    private nint _ssl;
    private Exception? _callbackFailure;
    private HeldRecords _held;
    private IOException? _failure;
    private AlertName _refused;
    private bool _isInside;
    private bool _isLeft;
    private int _error;

    /// <summary>Creates the state of one connection.</summary>
    /// <param name="socket">The connection.</param>
    /// <param name="context">Identity and role.</param>
    /// <param name="verification">Verifies the peer's certificate; null accepts none.</param>
    /// <param name="choose">Chooses the identity of a server by name; null: always <paramref name="context"/>.</param>
    /// <param name="serverName">Server name that a client sends; empty: none.</param>
    /// <exception cref="TlsException">No memory is left.</exception>
    public TlsEngine(
        LoopSocket socket, TlsContext context, TlsVerification? verification, Func<string, TlsContext?>? choose, string serverName)
    {
        (_socket, Context, _verification, _choose, ServerName) = (socket, context, verification, choose, serverName);
        _handle = new TlsHandle(OpenSsl.New(context.DangerousGetHandle()));
        GC.KeepAlive(context);
        var bio = _handle.IsInvalid ? 0 : OpenSsl.BioNew(TlsCallbacks.Method);
        if (bio == 0)
        {
            _handle.Dispose();
            throw new TlsException("OpenSSL has no memory.");
        }

        _ssl = _handle.DangerousGetHandle();
        OpenSsl.BioSetInit(bio, 1);
        OpenSsl.SetBio(_ssl, bio, bio);
        if (context.IsServer)
        {
            OpenSsl.SetAccept(_ssl);
        }
        else
        {
            BeConnecting();
        }
    }

    /// <summary>Identity and role of this side.</summary>
    public TlsContext Context { get; private set; }

    /// <summary>Server name that the client sends.</summary>
    public string ServerName { get; private set; }

    /// <summary>True for TLS 1.3. Valid after the handshake.</summary>
    public bool IsTls13 => _ssl != 0 && OpenSsl.Version(_ssl) == OpenSsl.Tls13;

    /// <summary>True if OpenSSL holds received bytes, decrypted or not.</summary>
    public bool HasPending => _ssl != 0 && OpenSsl.HasPending(_ssl) != 0;

    /// <summary>True if the peer's socket has ended, with or without an orderly end of TLS.</summary>
    public bool HasPeerEnded { get; private set; }

    /// <summary>Makes a step of the handshake.</summary>
    public TlsStep Handshake()
    {
        if (!Enter())
        {
            return TlsStep.Failed;
        }

        var result = OpenSsl.Handshake(_ssl);
        return Leave(result, result == 1);
    }

    /// <summary>Sends the end of this side (close_notify). Whether the peer's has arrived does not matter.</summary>
    public TlsStep Shutdown()
    {
        if (!Enter())
        {
            return TlsStep.Failed;
        }

        var result = OpenSsl.Shutdown(_ssl);
        return Leave(result, result >= 0);
    }

    /// <summary>Reads decrypted bytes.</summary>
    /// <param name="into">Memory for the bytes.</param>
    /// <param name="count">Number of bytes; 0 at the end of the peer's stream.</param>
    public unsafe TlsStep Read(Span<byte> into, out int count)
    {
        count = 0;
        if (!Enter())
        {
            return TlsStep.Failed;
        }

        int result;
        fixed (byte* buffer = into)
        {
            result = OpenSsl.Read(_ssl, buffer, into.Length);
        }

        count = Math.Max(0, result);
        return Leave(result, result > 0);
    }

    /// <summary>Writes one record. If the socket is full, the next write must begin with the same bytes.</summary>
    /// <param name="bytes">At least one byte; at most <see cref="RecordLength"/> are used, and no more than there is room for.</param>
    /// <param name="count">Number of written bytes.</param>
    public unsafe TlsStep Write(ReadOnlySpan<byte> bytes, out int count)
    {
        count = 0;
        if (!Enter())
        {
            return TlsStep.Failed;
        }

        int result;
        fixed (byte* buffer = bytes)
        {
            result = OpenSsl.Write(_ssl, buffer, Math.Min(bytes.Length, Math.Min(RecordLength, _held.Room)));
        }

        count = Math.Max(0, result);
        return Leave(result, result > 0);
    }

    /// <summary>Holds the records that are written from now on, while <see cref="HasRoom"/>, until <see cref="Flush"/>.</summary>
    public void Hold() => _held.Open();

    /// <summary>True if a further record can be written before <see cref="Flush"/>.</summary>
    public bool HasRoom => _held.Room > 0;

    /// <summary>Sends the records that are held, as far as the socket has room.</summary>
    public TlsStep Flush()
    {
        if (_ssl == 0)
        {
            _error = StreamSocket.Aborted; // the records were dropped, so the write did not succeed
            return TlsStep.Failed;
        }

        if (!_held.IsOpen)
        {
            return TlsStep.Done;
        }

        var sent = Noted(_socket.SendNow(_held.Span, default));
        if (sent < 0)
        {
            return sent == StreamSocket.WouldBlock ? TlsStep.WaitsForOutput : TlsStep.Failed;
        }

        _held.Take(sent);
        return _held.IsOpen ? TlsStep.WaitsForOutput : TlsStep.Done;
    }

    /// <summary>True if data, an end, or a failure is pending; false for what is of TLS alone, or not a whole record.</summary>
    public unsafe bool Peek()
    {
        if (!Enter())
        {
            return true;
        }

        byte unused;
        var result = OpenSsl.Peek(_ssl, &unused, 1);
        return Leave(result, result > 0) != TlsStep.WaitsForInput;
    }

    /// <summary>Application protocol that both sides agreed on; empty without one.</summary>
    public unsafe string AgreedProtocol()
    {
        if (_ssl == 0)
        {
            return "";
        }

        byte* protocol;
        uint length;
        OpenSsl.GetAlpn(_ssl, &protocol, &length);
        return length == 0 ? "" : Encoding.ASCII.GetString(protocol, (int)length);
    }

    /// <summary>Reason of <see cref="TlsStep.Failed"/>. The first failure stays: later calls fail for the same reason.</summary>
    /// <param name="operation">Name of the operation.</param>
    public IOException Failure(string operation)
    {
        // A peer that refuses sends an alert and resets: its alert says more than the reset that a write meets first.
        if (_failure is null && _error != 0 && _ssl != 0)
        {
            Peek();
        }

        return _failure ??= CreateFailure(operation);
    }

    /// <summary>Frees OpenSSL's state, after OpenSSL has returned.</summary>
    public void Dispose()
    {
        _isLeft = true;
        if (!_isInside)
        {
            _ssl = 0;
            _held.Drop();
            _handle.Dispose();
        }
    }

    /// <summary>Receives bytes of a record for OpenSSL.</summary>
    internal int ReceiveRecord(Span<byte> into)
    {
        var received = _socket.ReceiveNow(into);
        HasPeerEnded |= received == 0;
        return Noted(received);
    }

    /// <summary>Sends bytes of a record for OpenSSL, behind those that are held.</summary>
    internal int SendRecord(ReadOnlySpan<byte> record) =>
        !_held.IsOpen ? Noted(_socket.SendNow(record, default))
        : _held.TryAdd(record) ? record.Length
        : StreamSocket.WouldBlock;

    /// <summary>Verifies the peer's certificate.</summary>
    internal AlertName Judge(X509Certificate2 certificate, X509Certificate2Collection sent) =>
        _refused = _verification?.Invoke(certificate, sent) ?? AlertName.BadCertificate;

    /// <summary>Keeps the exception of a callback, and refuses the peer.</summary>
    internal AlertName Fail(Exception failure)
    {
        _callbackFailure = failure;
        return _refused = AlertName.InternalError;
    }

    /// <summary>Chooses the identity by the client's server name; false refuses the name.</summary>
    internal unsafe bool Choose(string serverName)
    {
        ServerName = serverName;
        if (_choose is null)
        {
            return true;
        }

        if (_choose(serverName) is not { } context)
        {
            _refused = AlertName.UnrecognizedName;
            return false;
        }

        if (!ReferenceEquals(context, Context))
        {
            Context = context;
            OpenSsl.SetContext(_ssl, context.DangerousGetHandle());
            OpenSsl.SetVerify(_ssl, context.VerifyMode, null);
            GC.KeepAlive(context);
        }

        return true;
    }

    private unsafe void BeConnecting()
    {
        OpenSsl.SetConnect(_ssl);
        if (ServerName.Length > 0)
        {
            fixed (byte* name = Encoding.ASCII.GetBytes(ServerName + '\0'))
            {
                _ = OpenSsl.Control(_ssl, OpenSsl.CtrlHostName, 0, name);
            }
        }

        fixed (byte* protocols = Context.ProtocolList)
        {
            _ = OpenSsl.SetAlpn(_ssl, protocols, (uint)Context.ProtocolList.Length);
        }
    }

    private bool Enter()
    {
        if (_ssl == 0)
        {
            _error = StreamSocket.Aborted;
            return false;
        }

        if (_isInside)
        {
            throw new InvalidOperationException("A callback of OpenSSL uses its own connection.");
        }

        // A failure of anything else on this thread would be taken for one of this connection.
        if (OpenSsl.PeekError() != 0)
        {
            OpenSsl.ClearErrors();
        }

        TlsCallbacks.Current = this;
        _isInside = true;
        return true;
    }

    private TlsStep Leave(int result, bool isDone)
    {
        var step = isDone ? TlsStep.Done : OpenSsl.GetError(_ssl, result) switch
        {
            OpenSsl.ErrorWantRead => TlsStep.WaitsForInput,
            OpenSsl.ErrorWantWrite => TlsStep.WaitsForOutput,
            OpenSsl.ErrorZeroReturn => TlsStep.Done,
            _ => TlsStep.Failed,
        };
        if (step == TlsStep.Failed && _error == 0)
        {
            _failure ??= CreateFailure("connection");
        }

        _isInside = false;
        TlsCallbacks.Current = null;
        if (!_isLeft)
        {
            return step;
        }

        Dispose();
        _error = StreamSocket.Aborted;
        return TlsStep.Failed;
    }

    private int Noted(int result)
    {
        if (result < 0 && result != StreamSocket.WouldBlock)
        {
            _error = result;
        }

        return result;
    }

    private IOException CreateFailure(string operation)
    {
        var error = OpenSsl.PeekError();
        var reason = (int)(error & OpenSsl.ReasonMask);
        var text = Marshal.PtrToStringUTF8(OpenSsl.ReasonOf(error));
        OpenSsl.ClearErrors();
        var received = reason is > OpenSsl.AlertReasonOffset and <= OpenSsl.AlertReasonOffset + byte.MaxValue
            ? (AlertName)(reason - OpenSsl.AlertReasonOffset)
            : AlertName.None;
        if (_error != 0 && received == AlertName.None && _refused == AlertName.None)
        {
            return StreamSocket.Failure(operation, _error);
        }

        if (reason == OpenSsl.ReasonNoPeerCertificate)
        {
            _refused = AlertName.CertificateRequired;
        }

        var isTruncated = reason == OpenSsl.ReasonUnexpectedEof || (error == 0 && HasPeerEnded);
        return new TlsException(
            _refused != AlertName.None ? $"TLS: this side refused the peer: {_refused}"
            : received != AlertName.None ? $"TLS: the peer refused: {received}"
            : isTruncated ? "TLS: the peer closed the connection without an end"
            : $"TLS: {text ?? "failure"}",
            _callbackFailure)
        {
            Received = received,
            Refused = _refused,
            IsTruncated = isTruncated,
        };
    }
}
