using System.Globalization;
using System.Runtime.CompilerServices;
using GatewayMesh.Proxy.Async;
using GatewayMesh.Proxy.Faults;
using GatewayMesh.Proxy.Forwarding;
using GatewayMesh.Proxy.Http1;
using GatewayMesh.Proxy.Messages;

namespace GatewayMesh.Proxy.Connections;

// The response to the current request. A head leaves with the first content, or when the content keeps it waiting.
internal sealed partial class ClientConnection
{
    private const int SwitchingProtocols = 101;
    private const int NoContent = 204;
    private const int NotModified = 304;
    private const int ResetContent = 205;
    private const int MaxCopied = 4096;

    private readonly OutputBuffer _output = new();
    private MessageVersion _version;
    private BodyFraming _framing;
    private long _contentLeft;
    private BodyPace _pace;
    private bool _isHead;
    private bool _hasStarted;
    private bool _isWhole;
    private bool _isInChunk;
    private volatile bool _isAborted;
    private bool _isSwitched;

    /// <inheritdoc/>
    public bool HasStarted => Volatile.Read(ref _hasStarted);

    /// <inheritdoc/>
    public int Status { get; private set; } = 200;

    /// <inheritdoc/>
    public long? ContentLength { get; private set; }

    /// <summary>True if the client waits for 100 (Continue) and has not received it.</summary>
    public bool AwaitsContinue => _expectsContinue;

    /// <inheritdoc/>
    public Task SendAsync(LocalAnswer answer, bool close)
    {
        _keepsAlive &= !close && !(_exchange.Head.ContentLength - _bodyBytes > MaxDropped); // the rest of the body is not waited for
        Begin(answer.Status);
        var writer = new HeadWriter(_output);
        writer.StatusLine(answer.Status, ReasonPhrases.Of(answer.Status));
        foreach (var field in answer.Fields)
        {
            writer.Add(field.Name, field.Value);
        }

        writer.Add("Date", DateField.Now(_time));
        var hasContent = answer.Status is not (NoContent or NotModified) && !(_isHead && answer.Body.IsEmpty);
        if (hasContent)
        {
            writer.Add("Content-Length", answer.Body.Length);
            ContentLength = answer.Body.Length;
        }

        EndHead(ref writer);
        _isWhole = true;
        return SendLastAsync(_isHead ? default : answer.Body);
    }

    /// <summary>Forwards an interim response (RFC 9110 §15.2). Nothing is sent to HTTP/1.0.</summary>
    public ValueTask SendInterimAsync(ResponseHead head)
    {
        if (_version == MessageVersion.Http10)
        {
            return ValueTask.CompletedTask;
        }

        _expectsContinue &= head.Status != 100;
        var writer = new HeadWriter(_output);
        writer.StatusLine(head.Status, head.ReasonBytes);
        ForwardedResponse.WriteInterim(_exchange, head, ref writer);
        writer.EndHead();
        writer.Complete();
        return SendInterimAsync();
    }

    /// <summary>Starts the response with a head from the next hop. Sent with the first content, or by <see cref="FlushAsync()"/>.</summary>
    public void Start(ResponseHead head)
    {
        _keepsAlive &= !_exchange.Close;
        Begin(head.Status);
        var writer = new HeadWriter(_output);
        writer.StatusLine(head.Status, head.ReasonBytes);
        ForwardedResponse.Write(_exchange, head, ref writer);
        EndHead(head, ref writer);
    }

    /// <summary>Starts the response with a head that is already written for the client.</summary>
    public void StartAsIs(ResponseHead head)
    {
        _keepsAlive &= !_exchange.Close;
        Begin(head.Status);
        var writer = new HeadWriter(_output);
        writer.StatusLine(head.Status, ReasonPhrases.Of(head.Status));
        foreach (var field in head.Fields.Lines)
        {
            writer.Copy(field);
        }

        EndHead(head, ref writer);
    }

    // Date, framing, and the end of the connection.
    private void EndHead(ResponseHead head, ref HeadWriter writer)
    {
        if (!head.Fields.Contains(KnownField.Date))
        {
            writer.Add("Date", DateField.Now(_time)); // RFC 9110 §6.6.1
        }

        if (head.Status == SwitchingProtocols)
        {
            writer.Add("Connection", "Upgrade");
            writer.Add("Upgrade", head.Fields[KnownField.Upgrade].ToString());
            writer.EndHead();
            writer.Complete();
            _isSwitched = true;
            return;
        }

        ContentLength = head.Status == NoContent ? null : head.ContentLength;
        _framing = _isHead || head.Framing == BodyFraming.None || head.Status == ResetContent ? BodyFraming.None
            : head.Framing == BodyFraming.Length ? BodyFraming.Length
            : _version == MessageVersion.Http11 ? BodyFraming.Chunked
            : BodyFraming.UntilClose;
        _contentLeft = head.ContentLength ?? 0;
        if (_framing == BodyFraming.Chunked)
        {
            writer.Add("Transfer-Encoding", "chunked");
        }

        _keepsAlive &= _framing != BodyFraming.UntilClose;
        EndHead(ref writer);
    }

    /// <inheritdoc/>
    public void Slow(long rate) => _pace = new BodyPace(rate);

    /// <summary>True if the content has a pace, so that a write takes its time.</summary>
    public bool IsSlow => _pace.IsOn;

    /// <summary>Sends content.</summary>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> content) =>
        content.IsEmpty || _framing == BodyFraming.None ? ValueTask.CompletedTask
        : _pace.IsOn ? WriteSlowlyAsync(content)
        : WriteNowAsync(content);

    private async ValueTask WriteSlowlyAsync(ReadOnlyMemory<byte> content)
    {
        await Loop.SwitchTo();
        while (!content.IsEmpty)
        {
            var part = content[..Math.Min(content.Length, _pace.Part)];
            if (_pace.Add(part.Length) is { Ticks: > 0 } wait)
            {
                await Loop.Delay(wait, _gone.Token).ConfigureAwait(false);
            }

            await WriteNowAsync(part).ConfigureAwait(false);
            content = content[part.Length..];
        }
    }

    private ValueTask WriteNowAsync(ReadOnlyMemory<byte> content)
    {
        if (_framing == BodyFraming.Chunked)
        {
            if (content.Length <= MaxCopied)
            {
                AddChunk(content.Span);
                return FlushAsync(default);
            }

            BeginChunk(content.Length);
        }
        else if (_framing == BodyFraming.Length)
        {
            _contentLeft -= content.Length;
        }

        return FlushAsync(content);
    }

    /// <summary>Sends what is waiting.</summary>
    public ValueTask FlushAsync() => _output.IsEmpty || _isInChunk ? ValueTask.CompletedTask : FlushAsync(default);

    /// <summary>Ends the response.</summary>
    /// <param name="trailers">Trailers from the next hop; dropped unless the content is chunked.</param>
    public ValueTask EndAsync(FieldTable? trailers)
    {
        if (_framing == BodyFraming.Length && _contentLeft > 0)
        {
            Abort(); // a body that is shorter than its length must not look complete
            return ValueTask.CompletedTask;
        }

        _isWhole = true;
        if (_framing == BodyFraming.Chunked)
        {
            var writer = new HeadWriter(_output);
            EndChunk(ref writer);
            writer.LastChunk();
            if (trailers is not null)
            {
                ForwardedResponse.WriteTrailers(_exchange, trailers, ref writer);
            }

            writer.EndHead();
            writer.Complete();
        }

        return _output.IsEmpty ? ValueTask.CompletedTask : FlushAsync(default);
    }

    /// <summary>The connection, handed over after 101.</summary>
    public ByteChannel Switch() => _channel;

    /// <summary>Bytes received behind the request, once it has been read to its end.</summary>
    public ReadOnlyMemory<byte> Received => _received.Memory;

    private void BeginResponse(RequestHead head)
    {
        _version = head.Version;
        _isHead = head.Method == "HEAD";
        _framing = BodyFraming.None;
        (_hasStarted, _isWhole, _isInChunk) = (false, false, false);
        (Status, ContentLength) = (200, null);
        _pace = default;
        _output.Clear();
    }

    private void Begin(int status)
    {
        Status = status;
        _output.Clear();
        _isInChunk = false;
    }

    private void EndHead(ref HeadWriter writer)
    {
        _keepsAlive &= !_isEnding;
        if (!_keepsAlive)
        {
            writer.Add("Connection", "close");
        }
        else if (_version == MessageVersion.Http10)
        {
            writer.Add("Connection", "keep-alive");
        }

        writer.EndHead();
        writer.Complete();
    }

    private void BeginChunk(int length)
    {
        var writer = new HeadWriter(_output);
        EndChunk(ref writer);
        writer.BeginChunk(length);
        writer.Complete();
        _isInChunk = true;
    }

    // A small chunk leaves whole, in one write.
    private void AddChunk(ReadOnlySpan<byte> content)
    {
        BeginChunk(content.Length);
        _output.Add(content);
        _output.Add("\r\n"u8);
        _isInChunk = false;
    }

    private void EndChunk(ref HeadWriter writer)
    {
        if (_isInChunk)
        {
            _isInChunk = false;
            writer.EndChunk();
        }
    }

    // A pipeline that ended without a response has failed.
    private void EndResponse()
    {
        if (!_isWhole)
        {
            _keepsAlive = false;
            Abort();
        }
    }

    // A client that has gone needs no answer.
    private async Task SendLastAsync(ReadOnlyMemory<byte> content)
    {
        try
        {
            await FlushAsync(content).ConfigureAwait(false);
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException)
        {
            Abort();
        }
    }

    // The final response may still be another one.
    private async ValueTask SendInterimAsync()
    {
        await FlushAsync(default).ConfigureAwait(false);
        Volatile.Write(ref _hasStarted, false);
    }

    private ValueTask FlushAsync(ReadOnlyMemory<byte> content)
    {
        if (EndProbe() is { } probe)
        {
            return FlushAfterAsync(probe, content);
        }

        var write = _channel.WriteAsync(_output.Memory, content);
        if (!write.IsCompletedSuccessfully)
        {
            return EndFlushAsync(write);
        }

        _output.Clear();
        return write;
    }

    private async ValueTask FlushAfterAsync(Task probe, ReadOnlyMemory<byte> content)
    {
        await probe.ConfigureAwait(false);
        await _channel.WriteAsync(_output.Memory, content).ConfigureAwait(false);
        _output.Clear();
    }

    [AsyncMethodBuilder(typeof(PooledMethodBuilder))]
    private async ValueTask EndFlushAsync(ValueTask write)
    {
        await write.ConfigureAwait(false);
        _output.Clear();
    }
}
