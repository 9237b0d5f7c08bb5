using System.Net;

namespace GatewayMesh.Proxy.Upstreams;

/// <summary>A request's body on its way to a peer. It is sent once: the HTTP client's own wish to send it again becomes a <see cref="NotProcessedException"/>.</summary>
internal sealed class ObservedContent : HttpContent
{
    private readonly HttpContent _content;
    private readonly IBodyObserver? _observer;
    private readonly CancellationToken _request;
    private volatile bool _isBegun;

    /// <param name="content">The body.</param>
    /// <param name="observer">Is told how far the body has got; null: nobody is.</param>
    /// <param name="request">The token with which the request is sent.</param>
    public ObservedContent(HttpContent content, IBodyObserver? observer, CancellationToken request)
    {
        _content = content;
        _observer = observer;
        _request = request;
        foreach (var (name, values) in content.Headers.NonValidated)
        {
            Headers.TryAddWithoutValidation(name, values);
        }
    }

    /// <summary>
    /// Asked when the head of a request is written, before its stream exists: nothing of a second try reaches the peer, where an application might begin on it.
    /// </summary>
    /// <exception cref="NotProcessedException">The body was begun on another stream, which the peer has refused.</exception>
    public static void ThrowIfSentAgain(HttpRequestMessage request)
    {
        if (request.Content is ObservedContent { _isBegun: true })
        {
            throw new NotProcessedException();
        }
    }

    /// <inheritdoc/>
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    /// <inheritdoc/>
    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        if (_isBegun)
        {
            throw new NotProcessedException();
        }

        _isBegun = true;
        _observer?.BodyBegan();
        try
        {
            await _content.CopyToAsync(new FlushingStream(stream), context, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception) when (EndedByThePeer(cancellationToken))
        {
            // The head of the answer ends with the reason (REFUSED_STREAM, GOAWAY, a lost connection); an error here would hide it. The client has marked the
            // stream as failed before it cancelled the body, so that nothing more is written on it: no end that would make the body look whole.
            return;
        }

        if (!cancellationToken.IsCancellationRequested && !_request.IsCancellationRequested)
        {
            _observer?.BodyEnded(); // a copy that was given up returns as one that came to its end
        }
    }

    // On HTTP/2 the body has a token of its own, which fires with the request's, and alone when the stream is over. Once an answer has begun there is no other
    // place where the reason would be told.
    private bool EndedByThePeer(CancellationToken body) =>
        body.IsCancellationRequested && !_request.IsCancellationRequested && _observer is { IsAnswered: false };

    /// <inheritdoc/>
    protected override bool TryComputeLength(out long length)
    {
        length = _content.Headers.ContentLength ?? 0;
        return _content.Headers.ContentLength is not null;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _content.Dispose();
        }

        base.Dispose(disposing);
    }
}
