using System.Runtime.CompilerServices;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Proxy.Async;
using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Forwarding;
using GatewayMesh.Proxy.Http1;
using GatewayMesh.Proxy.Listeners;
using GatewayMesh.Proxy.Loops;
using GatewayMesh.Proxy.Messages;
using GatewayMesh.Proxy.Pipeline;

namespace GatewayMesh.Proxy.Connections;

/// <summary>
/// An HTTP/1.1 connection from a client: one request after the other.
/// <code>
/// idle ─► head (RequestReader) ─► pipeline ─► response ─► rest of the request's body: dropped up to 64 KiB ─► idle
///   │        └ malformed: 4xx          └ body: ClientBody, on demand              └ longer, or Connection: close ─► linger
///   ├ nothing for 10 s ─► handed back, until more arrives: an idle connection holds no state of requests
///   └ drain ─► close
/// ClientConnection.cs            life and heads          ClientConnection.Response.cs   the response
/// ClientConnection.Body.cs       the request's body      ClientConnection.Watch.cs      a client that ends its stream
/// </code>
/// </summary>
internal sealed partial class ClientConnection : IResponseSink, IInputWatcher
{
    /// <summary>Bytes of an unread request body that are dropped to keep a connection: 64 KiB.</summary>
    public const int MaxDropped = 64 * 1024;

    /// <summary>Silence after which a closing connection no longer waits for the client to end its side: 2 s.</summary>
    public static readonly TimeSpan Linger = TimeSpan.FromSeconds(2);

    /// <summary>Time that a closing connection waits for a client that keeps sending: 10 s.</summary>
    public static readonly TimeSpan MaxLinger = TimeSpan.FromSeconds(10);

    /// <summary>Time after which an idle connection is handed back: 10 s.</summary>
    public static readonly TimeSpan HandBackAfter = TimeSpan.FromSeconds(10);

    private readonly RequestEntry _entry;
    private readonly InboundConnection _inbound;
    private readonly ByteChannel _channel;
    private readonly LimitsSpec _limits;
    private readonly HeadLimits _headLimits;
    private readonly TimeProvider _time;
    private readonly Exchange _exchange;
    private readonly LoopTimer _patience;
    private readonly CancellationTokenSource _gone = new();
    private ConnectionBuffer _received;
    private RequestReader _reader;
    private volatile bool _isIdle;
    private volatile bool _isEnding;
    private volatile bool _isOutOfTime;
    private bool _isHandedBack;
    private bool _keepsAlive;

    /// <summary>Creates the connection; <see cref="ServeAsync"/> serves it.</summary>
    /// <param name="entry">Entry of requests.</param>
    /// <param name="inbound">The connection for the pipeline.</param>
    /// <param name="channel">The bytes.</param>
    /// <param name="limits">Limits on requests.</param>
    /// <param name="time">The clock.</param>
    public ClientConnection(RequestEntry entry, InboundConnection inbound, ByteChannel channel, LimitsSpec limits, TimeProvider time)
    {
        (_entry, _inbound, _channel, _limits, _time) = (entry, inbound, channel, limits, time);
        var bounds = HeadBounds.Of(limits);
        _headLimits = new HeadLimits(bounds.Line, bounds.Fields, bounds.Bytes);
        _reader = new RequestReader(_headLimits);
        _received = new ConnectionBuffer(bounds.Line + bounds.Bytes);
        _exchange = entry.Create(this);
        _content = new ClientBody(this);
        _patience = new LoopTimer(static connection => ((ClientConnection)connection!).RunOut(), this);
    }

    /// <summary>Loop of the connection.</summary>
    public EventLoop Loop => _channel.Loop;

    /// <summary>Attempts of the requests of this connection; null before the first.</summary>
    public Http1Hop? Hop { get; set; }

    /// <inheritdoc/>
    public CancellationToken Aborted => _gone.Token;

    /// <summary>
    /// Serves the connection to its end, or until it has been idle for <see cref="HandBackAfter"/>: then returns true, and the connection
    /// is open for another instance of this class.
    /// </summary>
    public async Task<bool> ServeAsync()
    {
        try
        {
            while (await ReceiveHeadAsync().ConfigureAwait(false))
            {
                await ServeRequestAsync().ConfigureAwait(false);
                await Loop.SwitchTo();
                EndWatch();
                if (_isAborted || _isSwitched)
                {
                    break;
                }

                EndResponse();
                if (!_keepsAlive || !(IsBodyRead || await DropBodyAsync().ConfigureAwait(false)))
                {
                    break;
                }
            }

            if (!_isHandedBack)
            {
                await LingerAsync().ConfigureAwait(false);
            }
        }
        catch (Exception gone) when (
            gone is IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            Abort();
        }
        finally
        {
            await Loop.SwitchTo();
            Loop.Timers.Cancel(_patience);
            _received.Drop();
            if (!_isHandedBack)
            {
                _channel.Close();
            }
        }

        return _isHandedBack;
    }

    /// <summary>Ends the connection when it is idle, at once or after the current response. From any thread.</summary>
    public void EndWhenIdle()
    {
        _isEnding = true;
        Loop.Post(static connection => ((ClientConnection)connection!).EndIfIdle(), this);
    }

    /// <inheritdoc/>
    public void Abort()
    {
        _isAborted = true;
        _channel.Abort();
        _gone.Cancel();
    }

    /// <inheritdoc/>
    public bool IsAnsweredByServer(Exception failure) => false;

    // False at the end of the connection.
    [AsyncMethodBuilder(typeof(PooledMethodBuilder<>))]
    private async ValueTask<bool> ReceiveHeadAsync()
    {
        var head = _exchange.Head;
        _isIdle = _received.IsEmpty;
        if (_isEnding && _isIdle)
        {
            return false;
        }

        _isOutOfTime = false;
        Wait(!_isIdle ? _limits.RequestHeadersTimeout : MayHandBack ? HandBackAfter : _limits.KeepAliveTimeout);
        try
        {
            while (true)
            {
                var progress = _received.IsEmpty ? HeadProgress.NeedMore : _reader.Read(_received.Span, head);
                if (progress == HeadProgress.Head)
                {
                    _received.Take(_reader.Consumed);
                    return true;
                }

                if (progress == HeadProgress.Fault)
                {
                    Refuse(MessageErrors.OfRequest(_reader.Fault));
                    return true;
                }

                if (_ahead is not null || _isEnded)
                {
                    if (!await ReceiveAsync().ConfigureAwait(false))
                    {
                        return false;
                    }
                }
                else
                {
                    // As ReceiveAsync, without a method of its own: this is where an idle connection waits.
                    await _channel.WaitInputAsync(ref _received).ConfigureAwait(false);
                    var count = await _channel.ReadAsync(_received.Room()).ConfigureAwait(false);
                    _received.Add(count);
                    if (count == 0)
                    {
                        return false;
                    }
                }

                if (_isIdle)
                {
                    _isIdle = false;
                    Wait(_limits.RequestHeadersTimeout);
                }
            }
        }
        catch (OperationCanceledException)
        {
            if (_isIdle || !_isOutOfTime)
            {
                _isHandedBack = _isIdle && _isOutOfTime && MayHandBack;
                return false;
            }

            head.Fields.Keep(_received.Span); // for the log
            Refuse(new MeshError(MeshErrorKind.RequestTimeout, Forwarded: false, "limits.requestHeadersTimeout"));
            return true;
        }
        finally
        {
            _isIdle = false;
            Wait(Timeout.InfiniteTimeSpan);
        }
    }

    private bool MayHandBack => _limits.KeepAliveTimeout > HandBackAfter && !_isEnding && !_isEnded;

    // The pipeline refuses the request, so that the refusal is counted, logged, and answered like any other.
    private void Refuse(in MeshError error)
    {
        var head = _exchange.Head;
        head.Refusal = error;
        head.KeepsAlive = false;
        head.HasBody = false;
        head.Framing = BodyFraming.None;
    }

    private ValueTask ServeRequestAsync()
    {
        var head = _exchange.Head;
        _keepsAlive = head.KeepsAlive;
        _isServing = true;
        BeginResponse(head);
        BeginBody(head);
        if (!head.HasBody)
        {
            Watch();
        }

        return _inbound.Listener.Kind == ListenerKind.Probe ? ServeProbeAsync() : _entry.ServeAsync(_exchange, _inbound);
    }

    private async ValueTask ServeProbeAsync()
    {
        await _inbound.VisitLoopsAsync().ConfigureAwait(false);
        await _entry.ServeAsync(_exchange, _inbound).ConfigureAwait(false);
    }

    // Receives more bytes; false at the end of the client's stream.
    [AsyncMethodBuilder(typeof(PooledMethodBuilder<>))]
    private async ValueTask<bool> ReceiveAsync()
    {
        if (_ahead is { } ahead)
        {
            _ahead = null;
            var early = await ahead.ConfigureAwait(false);
            _received.Add(early);
            return early > 0;
        }

        if (_isEnded)
        {
            return false;
        }

        await _channel.WaitInputAsync(ref _received).ConfigureAwait(false);
        var count = await _channel.ReadAsync(_received.Room()).ConfigureAwait(false);
        _received.Add(count);
        return count > 0;
    }

    // Closing with unread bytes would reset the connection, and the client might lose the response.
    private async ValueTask LingerAsync()
    {
        if (_isSwitched || _isAborted || _isEnded)
        {
            return;
        }

        await _channel.EndWritingAsync().ConfigureAwait(false);
        try
        {
            await DropAsync().ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The client may still be reading: the kernel delivers the rest.
        }
    }

    // Drops what the client sends behind its last request, to its end: many clients send a whole body before they read.
    private async ValueTask DropAsync()
    {
        Wait(Linger);
        if (_ahead is { } ahead && await ahead.ConfigureAwait(false) == 0)
        {
            return;
        }

        _received.Drop();
        var began = _time.GetTimestamp();
        while (await _channel.ReadAsync(_received.Room()).ConfigureAwait(false) > 0 && _time.GetElapsedTime(began) < MaxLinger)
        {
            Wait(Linger);
        }
    }

    private void EndIfIdle()
    {
        if (_isIdle)
        {
            _channel.CancelRead();
        }
    }

    private void Wait(TimeSpan span)
    {
        if (span == Timeout.InfiniteTimeSpan)
        {
            Loop.Timers.Cancel(_patience);
        }
        else
        {
            Loop.Timers.Set(_patience, span);
        }
    }

    private void RunOut()
    {
        _isOutOfTime = true;
        _channel.CancelRead();
    }
}
