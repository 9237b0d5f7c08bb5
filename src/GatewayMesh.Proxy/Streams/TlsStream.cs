using GatewayMesh.Linux;
using GatewayMesh.Proxy.Loops;

namespace GatewayMesh.Proxy.Streams;

/// <summary>
/// A TLS connection by OpenSSL on a loop:
/// <code>
/// ReadAsync  ─► SSL_read  ─► LoopSocket.ReceiveNow     would block: wait for input, and try again
/// WriteAsync ─► SSL_write ─► LoopSocket.SendNow        would block: wait for room, and try the same record again
/// </code>
/// </summary>
internal sealed class TlsStream : ByteStream, IInputWatcher
{
    private static readonly Action<object?> ReadAgain = static stream => ((TlsStream)stream!).ContinueReading();
    private static readonly Action<object?> WriteAgain = static stream => ((TlsStream)stream!).ContinueWriting();
    private static readonly Action<object?> Aborting = static stream => ((TlsStream)stream!).Abort();
    private static readonly Action<object?> Closing = static stream => ((TlsStream)stream!).Close();

    private readonly LoopOperation _reading = new();
    private readonly LoopOperation _writing = new();
    private readonly TlsEngine _engine;
    private Memory<byte> _into;
    private TwoParts _unwritten;
    private IInputWatcher? _watcher;
    private bool _readsOnOutput;
    private bool _isReadToEnd;
    private bool _hasPendingOutput;
    private bool _isEnded;

    private TlsStream(LoopSocket socket, TlsEngine engine)
        : base(socket)
    {
        _engine = engine;
    }

    /// <summary>Identity and role of this side.</summary>
    public TlsContext Context => _engine.Context;

    /// <summary>Server name that the client sent (SNI); empty without one.</summary>
    public string ServerName => _engine.ServerName;

    /// <summary>Application protocol that both sides agreed on (ALPN); empty without one.</summary>
    public string Protocol { get; private set; } = "";

    /// <summary>True for TLS 1.3, false for TLS 1.2. Valid after the handshake.</summary>
    public bool IsTls13 { get; private set; }

    /// <inheritdoc/>
    public override bool HasInput => IsClosed || _isReadToEnd || ((Socket.HasInput || _engine.HasPending) && _engine.Peek());

    /// <summary>Creates the side of the server. Called on the loop's thread, then <see cref="HandshakeAsync"/>.</summary>
    /// <param name="socket">The connection; not used otherwise.</param>
    /// <param name="context">Identity; the default one if <paramref name="choose"/> is set.</param>
    /// <param name="verification">Verifies the client's certificate; null accepts none.</param>
    /// <param name="choose">
    /// Chooses the identity by server name (empty: none sent); a null result refuses the name. Default: <paramref name="context"/>.
    /// </param>
    public static TlsStream Accept(
        LoopSocket socket, TlsContext context, TlsVerification? verification, Func<string, TlsContext?>? choose = null) =>
        new(socket, new TlsEngine(socket, context, verification, choose, ""));

    /// <summary>Creates the side of the client. Called on the loop's thread, then <see cref="HandshakeAsync"/>.</summary>
    /// <param name="socket">The connection; not used otherwise.</param>
    /// <param name="context">Identity.</param>
    /// <param name="verification">Verifies the server's certificate; null accepts none.</param>
    /// <param name="serverName">Server name to send (SNI). Default: empty, none.</param>
    public static TlsStream Connect(LoopSocket socket, TlsContext context, TlsVerification? verification, string serverName = "") =>
        new(socket, new TlsEngine(socket, context, verification, null, serverName));

    /// <summary>
    /// Performs the handshake. A loop makes at most 16 steps of handshakes in a turn. <see cref="Abort"/> ends the wait.
    /// </summary>
    /// <exception cref="TlsException">The peer refused, was refused, or does not speak TLS. The caller closes the connection.</exception>
    /// <exception cref="LinuxException">The connection failed or was aborted.</exception>
    public async ValueTask HandshakeAsync()
    {
        while (true)
        {
            while (!Loop.TryTakeHandshake())
            {
                await Loop.NextTurn();
            }

            switch (_engine.Handshake())
            {
                case TlsStep.WaitsForInput:
                    await Socket.WaitInputAsync().ConfigureAwait(false);
                    break;
                case TlsStep.WaitsForOutput:
                    await Socket.WaitOutputAsync().ConfigureAwait(false);
                    break;
                case TlsStep.Done:
                    (Protocol, IsTls13) = (_engine.AgreedProtocol(), _engine.IsTls13);
                    return;
                default:
                    throw _engine.Failure("handshake");
            }
        }
    }

    /// <inheritdoc/>
    public override ValueTask<int> ReadAsync(Memory<byte> into)
    {
        ArgumentOutOfRangeException.ThrowIfZero(into.Length);
        var count = 0;
        var step = CanRead ? ReadRecords(into.Span, out count) : TlsStep.WaitsForInput;
        if (step == TlsStep.Done)
        {
            return new(count);
        }

        if (step == TlsStep.Failed)
        {
            return ValueTask.FromException<int>(_engine.Failure("read"));
        }

        var task = _reading.Start();
        _into = into;
        Await(step, ReadAgain);
        return task;
    }

    /// <inheritdoc/>
    public override ValueTask WaitInputAsync() =>
        _engine.HasPending || _isReadToEnd || _hasPendingOutput ? ValueTask.CompletedTask : Socket.WaitInputAsync();

    /// <inheritdoc/>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> first, ReadOnlyMemory<byte> second = default)
    {
        if (_writing.IsPending)
        {
            throw new InvalidOperationException("An operation in this direction is already pending.");
        }

        _unwritten = new TwoParts(first, second);
        switch (WriteRecords())
        {
            case TlsStep.Done:
                return ValueTask.CompletedTask;
            case TlsStep.Failed:
                _unwritten = default;
                return ValueTask.FromException(_engine.Failure("write"));
            default:
                var task = _writing.StartVoid();
                Socket.OnOutput(WriteAgain, this);
                return task;
        }
    }

    /// <inheritdoc/>
    public override async ValueTask EndWritingAsync()
    {
        while (true)
        {
            switch (_engine.Shutdown())
            {
                case TlsStep.Done:
                    _isEnded = true;
                    Socket.EndSending();
                    return;
                case TlsStep.Failed:
                    throw _engine.Failure("end");
                default:
                    await Socket.WaitOutputAsync().ConfigureAwait(false);
                    break;
            }
        }
    }

    /// <inheritdoc/>
    /// <remarks>A read that waits for room, to answer a message of TLS, cannot be canceled: the connection is reset.</remarks>
    public override void CancelRead()
    {
        if (!_reading.IsPending)
        {
            Socket.CancelInput();
        }
        else if (_readsOnOutput)
        {
            Abort();
        }
        else
        {
            Socket.CancelInput();
            _into = default;
            _reading.Fail(new OperationCanceledException("The read was canceled."));
        }
    }

    /// <inheritdoc/>
    public override void Watch(IInputWatcher? watcher)
    {
        _watcher = watcher;
        Socket.Watch(watcher is null ? null : this);
    }

    /// <summary>Tells the watcher of an idle connection, unless what arrived is of TLS alone.</summary>
    public void OnInput()
    {
        if (HasInput)
        {
            _watcher?.OnInput();
        }
    }

    /// <inheritdoc/>
    public override void Abort()
    {
        if (!Loop.IsCurrent && !Loop.HasEnded)
        {
            Loop.Post(Aborting, this);
            return;
        }

        Socket.Abort();
        _engine.Dispose();
    }

    /// <inheritdoc/>
    public override void Close()
    {
        if (!Loop.IsCurrent && !Loop.HasEnded)
        {
            Loop.Post(Closing, this);
            return;
        }

        if (!IsClosed && !_writing.IsPending && !_isEnded)
        {
            _engine.Shutdown(); // as far as the socket has room
        }

        Socket.Close();
        _engine.Dispose();
    }

    private void ContinueReading()
    {
        var step = ReadRecords(_into.Span, out var count);
        if (step is TlsStep.WaitsForInput or TlsStep.WaitsForOutput)
        {
            Await(step, ReadAgain);
            return;
        }

        _into = default;
        if (step == TlsStep.Done)
        {
            _reading.Complete(count);
        }
        else
        {
            _reading.Fail(_engine.Failure("read"));
        }
    }

    private void ContinueWriting()
    {
        var step = WriteRecords();
        if (step == TlsStep.WaitsForOutput)
        {
            Socket.OnOutput(WriteAgain, this);
            return;
        }

        _unwritten = default;
        if (step == TlsStep.Done)
        {
            _writing.Complete(0);
        }
        else
        {
            _writing.Fail(_engine.Failure("write"));
        }
    }

    // True if a read would not just wait for an event.
    private bool CanRead => Socket.HasInput || _engine.HasPending || _isReadToEnd || _hasPendingOutput || IsClosed;

    // As many records as have arrived and fit. The next read finds the end or the failure behind them again, or waits for room to answer a
    // message of TLS.
    private TlsStep ReadRecords(Span<byte> into, out int count)
    {
        _hasPendingOutput = false;
        var step = _engine.Read(into, out count);
        while (count > 0 && count < into.Length && (Socket.HasInput || _engine.HasPending))
        {
            var next = _engine.Read(into[count..], out var more);
            count += more;
            if (more == 0)
            {
                _isReadToEnd = next is TlsStep.Done or TlsStep.Failed;
                _hasPendingOutput = next == TlsStep.WaitsForOutput;
                break;
            }
        }

        return step;
    }

    // Reading waits for room only while OpenSSL answers a message of its own; a write that waits for the same goes first.
    private void Await(TlsStep step, Action<object?> again)
    {
        _readsOnOutput = step == TlsStep.WaitsForOutput && !_writing.IsPending;
        if (_readsOnOutput)
        {
            Socket.OnOutput(again, this);
        }
        else
        {
            Socket.OnInput(again, this);
        }
    }

    private TlsStep WriteRecords()
    {
        while (true)
        {
            var step = _engine.Flush();
            if (step != TlsStep.Done || _unwritten.IsEmpty)
            {
                return step;
            }

            if (_unwritten.Length > TlsEngine.RecordLength)
            {
                _engine.Hold();
            }

            while (_engine.HasRoom && !_unwritten.IsEmpty)
            {
                step = WriteRecord(out var count);
                if (step != TlsStep.Done)
                {
                    return step == TlsStep.WaitsForInput ? TlsStep.Failed : step;
                }

                _unwritten.Skip(count);
            }
        }
    }

    // Small parts share a record.
    private TlsStep WriteRecord(out int count) =>
        _unwritten.First.IsEmpty ? _engine.Write(_unwritten.Second.Span, out count)
        : _unwritten.Second.IsEmpty || _unwritten.First.Length >= TlsEngine.RecordLength ? _engine.Write(_unwritten.First.Span, out count)
        : WriteTogether(out count);

    // If the socket is full, the record is put together again from the same bytes.
    private TlsStep WriteTogether(out int count)
    {
        var record = Loop.Buffers.Rent();
        var first = _unwritten.First.Span;
        var second = _unwritten.Second.Span;
        first.CopyTo(record);
        var length = Math.Min(TlsEngine.RecordLength - first.Length, second.Length);
        second[..length].CopyTo(record.AsSpan(first.Length));
        var step = _engine.Write(record.AsSpan(0, first.Length + length), out count);
        Loop.Buffers.Return(record);
        return step;
    }
}
