using System.Runtime.CompilerServices;
using GatewayMesh.Proxy.Async;
using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Http1;
using GatewayMesh.Proxy.Messages;

namespace GatewayMesh.Proxy.Connections;

// The body of the current request: read on demand, so that a slow instance slows the client and no memory grows.
[
    System.Diagnostics.CodeAnalysis.SuppressMessage(
        "Design", "CA1001", Justification = "A source without a timer holds no resources, and an abort may come after the end.")]
internal sealed partial class ClientConnection
{
    private readonly ClientBody _content;
    private BodyReader _body;
    private long _bodyBytes;
    private long _bodyReads; // odd while a read waits
    private int _dataLeft; // content at the start of the received bytes
    private bool _expectsContinue;

    /// <summary>Trailers of the request's body, once the body has been read to its end.</summary>
    public FieldTable Trailers { get; } = new();

    /// <summary>Reads content; 0 at its end.</summary>
    /// <exception cref="BodyFaultException">The content is malformed, too large, or was broken off.</exception>
    [AsyncMethodBuilder(typeof(PooledMethodBuilder<>))]
    public async ValueTask<int> ReadBodyAsync(Memory<byte> into, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (_dataLeft > 0)
            {
                if (into.IsEmpty)
                {
                    return 0;
                }

                var count = Math.Min(_dataLeft, into.Length);
                _received.Span[..count].CopyTo(into.Span);
                _received.Take(count);
                _dataLeft -= count;
                return count;
            }

            if (!NextPart())
            {
                return 0;
            }

            if (_dataLeft == 0 && !await ReceiveBodyAsync(cancellationToken).ConfigureAwait(false))
            {
                throw new BodyFaultException(MeshErrorKind.ClientGone, "the client broke off the body");
            }
        }
    }

    private void BeginBody(RequestHead head)
    {
        _body = new BodyReader(head.Framing, head.ContentLength, HeadLimits.Request);
        _bodyBytes = 0;
        _dataLeft = 0;
        _expectsContinue = head.ExpectsContinue;
        Trailers.Clear();
        if (head.ContentLength > _limits.MaxRequestBodySize)
        {
            Refuse(new MeshError(MeshErrorKind.RequestTooLarge, Forwarded: false, "limits.maxRequestBodySize"));
        }

        _exchange.Body = head.HasBody ? _content.Begin() : Stream.Null;
    }

    // False at the end of the content.
    private bool NextPart()
    {
        var part = _body.Read(_received.Span, Trailers);
        _received.Take(part.Skip);
        _dataLeft = part.Length;
        _bodyBytes += part.Length;
        if (part.Kind == BodyPartKind.Fault)
        {
            _keepsAlive = false;
            throw new BodyFaultException(MessageErrors.OfRequest(_body.Fault).Kind, MessageFaults.TextOf(_body.Fault));
        }

        if (_bodyBytes > _limits.MaxRequestBodySize)
        {
            _keepsAlive = false;
            throw new BodyFaultException(MeshErrorKind.RequestTooLarge, "limits.maxRequestBodySize");
        }

        if (part.Kind == BodyPartKind.End)
        {
            WatchAfterBody();
            return false;
        }

        return true;
    }

    // The body may be read from another thread.
    private void WatchAfterBody()
    {
        if (Loop.IsCurrent)
        {
            Watch();
        }
        else
        {
            PostWatch();
        }
    }

    private void PostWatch()
    {
        var served = _served;
        Loop.Post(() =>
        {
            if (served == _served)
            {
                Watch();
            }
        });
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> ReceiveBodyAsync(CancellationToken cancellationToken)
    {
        await Loop.SwitchTo();
        _bodyReads++;
        using var registration = cancellationToken.UnsafeRegister(
            static connection => ((ClientConnection)connection!).CancelBodyRead(), this);
        try
        {
            return await ReceiveAsync().ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw;
        }
        catch (IOException)
        {
            return false;
        }
        finally
        {
            _bodyReads++;
        }
    }

    // Always posted: the token may be canceled before the read waits. A cancellation that comes after its read finds another number.
    private void CancelBodyRead()
    {
        var read = Volatile.Read(ref _bodyReads);
        Loop.Post(() =>
        {
            if (read == _bodyReads)
            {
                _channel.CancelRead();
            }
        });
    }

    private bool IsBodyRead => _body.IsComplete && _dataLeft == 0;

    // Drops the rest of a body that nobody read; false if the rest is too long or malformed.
    private async ValueTask<bool> DropBodyAsync()
    {
        if (_expectsContinue && _bodyBytes == 0 && !_body.IsComplete)
        {
            return false; // the client may never send the body that it announced
        }

        Wait(Linger);
        try
        {
            for (var dropped = 0; !_body.IsComplete || _dataLeft > 0;)
            {
                dropped += _dataLeft;
                _received.Take(_dataLeft);
                _dataLeft = 0;
                if (dropped > MaxDropped)
                {
                    return false;
                }

                if (NextPart() && _dataLeft == 0 && !await ReceiveAsync().ConfigureAwait(false))
                {
                    return false;
                }
            }

            return true;
        }
        catch (Exception fault) when (fault is BodyFaultException or OperationCanceledException)
        {
            return false;
        }
        finally
        {
            Wait(Timeout.InfiniteTimeSpan);
        }
    }
}
