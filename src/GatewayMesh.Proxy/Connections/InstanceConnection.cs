using System.Runtime.CompilerServices;
using GatewayMesh.Proxy.Async;
using GatewayMesh.Proxy.Http1;
using GatewayMesh.Proxy.Loops;
using GatewayMesh.Proxy.Messages;

namespace GatewayMesh.Proxy.Connections;

/// <summary>
/// An HTTP/1.1 connection to an instance. Serves one request at a time; between requests its pool watches it, so that an end or unexpected
/// bytes are seen before the next request. Used on its loop, except for <see cref="Abort"/>.
/// </summary>
internal sealed class InstanceConnection : IInputWatcher
{
    private const int MaxReceived = 64 * 1024 + 4096;

    private readonly ByteChannel _channel;
    // Most responses fit with their content, and an instance is trusted with as much memory.
    private ConnectionBuffer _received = new(MaxReceived, first: 16 * 1024);
    private ResponseReader _reader = new(HeadLimits.Response);
    private BodyReader _body;
    private int _dataLeft;

    /// <summary>Creates a connection that has served no request.</summary>
    /// <param name="channel">The bytes.</param>
    public InstanceConnection(ByteChannel channel)
    {
        _channel = channel;
        _channel.Watch(this);
        Silence = new Silence(this);
    }

    /// <summary>Loop of the connection.</summary>
    public EventLoop Loop => _channel.Loop;

    /// <summary>Watch over the policy's idle timeout.</summary>
    public Silence Silence { get; }

    /// <summary>Pool in which the connection is idle; null while it serves a request.</summary>
    public InstancePool? Pool { get; set; }

    /// <summary>Timestamp of the end of the last request.</summary>
    public long IdleSince { get; set; }

    /// <summary>Head of the current response.</summary>
    public ResponseHead Head { get; } = new();

    /// <summary>Trailers of the current response, once its content has been read to the end.</summary>
    public FieldTable Trailers { get; } = new();

    /// <summary>Bytes that wait for the next write.</summary>
    public OutputBuffer Output { get; } = new();

    /// <summary>True if the connection has served a request before. Default: false.</summary>
    public bool IsReused { get; set; }

    /// <summary>True once a byte of the current response has arrived.</summary>
    public bool HasResponse { get; private set; }

    /// <summary>True once the head of the current request may have been written.</summary>
    public bool IsWritten { get; private set; }

    /// <summary>True if the connection was aborted here.</summary>
    public bool IsAborted { get; private set; }

    /// <summary>Time after which the instance closes the idle connection; null if it did not announce one.</summary>
    public TimeSpan? IdleTimeout => Head.IdleTimeout;

    /// <summary>Starts a request.</summary>
    public void Begin(bool isHead, bool mayUpgrade)
    {
        _reader.Start(isHead, mayUpgrade);
        Head.Clear();
        Trailers.Clear();
        Output.Clear();
        (HasResponse, IsWritten, _dataLeft) = (false, false, 0);
    }

    /// <summary>Sends what waits in <see cref="Output"/>, and content behind it.</summary>
    public ValueTask SendAsync(ReadOnlyMemory<byte> content = default)
    {
        var isHead = !IsWritten && content.IsEmpty;
        var write = _channel.WriteAsync(Output.Memory, content);
        IsWritten = !isHead || !write.IsFaulted; // a head that fails at once has not arrived: the connection was dead
        if (!write.IsCompletedSuccessfully)
        {
            return EndSendAsync(write);
        }

        Output.Clear();
        return write;
    }

    /// <summary>Reads the next head, interim or final. False if the instance closed without one.</summary>
    /// <exception cref="MessageFaultException">The head is malformed.</exception>
    [AsyncMethodBuilder(typeof(PooledMethodBuilder<>))]
    public async ValueTask<bool> ReadHeadAsync()
    {
        while (true)
        {
            var progress = _received.IsEmpty ? HeadProgress.NeedMore : _reader.Read(_received.Span, Head);
            switch (progress)
            {
                case HeadProgress.Head:
                    _received.Take(_reader.Consumed);
                    _body = new BodyReader(Head.Framing, Head.ContentLength, HeadLimits.Response);
                    return true;
                case HeadProgress.Fault:
                    throw new MessageFaultException(_reader.Fault);
            }

            await _channel.WaitInputAsync(ref _received).ConfigureAwait(false);
            var count = await _channel.ReadAsync(_received.Room()).ConfigureAwait(false);
            if (count == 0)
            {
                return false;
            }

            _received.Add(count);
            HasResponse = true;
        }
    }

    /// <summary>True if content or the end of the response has already arrived.</summary>
    public bool HasContent => !_received.IsEmpty || _body.IsComplete;

    /// <summary>Returns the next content, valid until the next call; empty at the end of the response.</summary>
    /// <exception cref="MessageFaultException">The content is malformed.</exception>
    /// <exception cref="EndOfStreamException">The instance broke off the response.</exception>
    [AsyncMethodBuilder(typeof(PooledMethodBuilder<>))]
    public async ValueTask<ReadOnlyMemory<byte>> ReadContentAsync()
    {
        _received.Take(_dataLeft);
        _dataLeft = 0;
        while (true)
        {
            var part = _body.Read(_received.Span, Trailers);
            _received.Take(part.Skip);
            switch (part.Kind)
            {
                case BodyPartKind.Data:
                    _dataLeft = part.Length;
                    return _received.Memory[..part.Length];
                case BodyPartKind.End:
                    return default;
                case BodyPartKind.Fault:
                    throw new MessageFaultException(_body.Fault);
            }

            await _channel.WaitInputAsync(ref _received).ConfigureAwait(false);
            var count = await _channel.ReadAsync(_received.Room()).ConfigureAwait(false);
            if (count > 0)
            {
                _received.Add(count);
                continue;
            }

            if (Head.Framing != BodyFraming.UntilClose)
            {
                throw new EndOfStreamException("The instance broke off its response.");
            }

            _body.Close();
            return default;
        }
    }

    /// <summary>True if the response is complete and the connection can serve another request.</summary>
    public bool MayStay => !IsAborted && _body.IsComplete && Head.KeepsAlive && Head.Framing != BodyFraming.UntilClose && _received.IsEmpty;

    /// <summary>True if the idle connection is silent and open.</summary>
    /// <param name="isCertain">True to ask the kernel as well: an end that arrived in this turn of the loop is seen.</param>
    public bool IsSilent(bool isCertain) => isCertain ? _channel.IsSilent() : !_channel.HasInput;

    /// <inheritdoc/>
    void IInputWatcher.OnInput() => Pool?.Remove(this);

    /// <summary>Hands over the connection after 101: the bytes received behind the head, then the channel.</summary>
    public ByteChannel Switch(out ReadOnlyMemory<byte> received)
    {
        received = _received.Memory;
        return _channel;
    }

    /// <summary>Resets the connection. From any thread.</summary>
    public void Abort()
    {
        IsAborted = true;
        _channel.Abort();
    }

    /// <summary>Closes the connection.</summary>
    public void Close()
    {
        IsAborted = true;
        _channel.Close();
        _received.Drop();
    }

    [AsyncMethodBuilder(typeof(PooledMethodBuilder))]
    private async ValueTask EndSendAsync(ValueTask write)
    {
        await write.ConfigureAwait(false);
        Output.Clear();
    }
}
