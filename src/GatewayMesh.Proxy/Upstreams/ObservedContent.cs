using System.Net;

namespace GatewayMesh.Proxy.Upstreams;

/// <summary>
/// A request's body on its way to a peer, sent only once: the HTTP client's attempt to resend it becomes a
/// <see cref="NotProcessedException"/>.
/// </summary>
internal sealed class ObservedContent : HttpContent
{
    private static readonly byte[] OneByte = [0];

    private readonly HttpContent _content;
    private readonly IBodyObserver? _observer;
    private readonly CancellationToken _request;
    private volatile bool _isBegun;

    /// <param name="content">Body to send.</param>
    /// <param name="observer">Observer of the body's progress; null for none.</param>
    /// <param name="request">Token with which the request is sent.</param>
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
    /// Checks for a resend while the head of a request is written, before its stream exists, so that no part of a second attempt reaches
    /// the peer, where an application might act on it.
    /// </summary>
    /// <exception cref="NotProcessedException">The body was begun on another stream, which the peer refused.</exception>
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
        var sent = new FlushingStream(stream);
        try
        {
            await _content.CopyToAsync(sent, context, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception) when (IsEndedByPeer(cancellationToken))
        {
        }

        if (IsEndedByPeer(cancellationToken))
        {
            // The response head's error has the cause (REFUSED_STREAM, GOAWAY, a lost connection), which an exception here would hide. The
            // client marked the stream as failed before it canceled the body, so no end makes the body look complete. For a body shorter
            // than its length the client would throw that alone; a write to the stream sends nothing, and throws the cause.
            if (_content.Headers.ContentLength > sent.Count)
            {
                await stream.WriteAsync(OneByte, cancellationToken).ConfigureAwait(false);
            }

            return;
        }

        if (!cancellationToken.IsCancellationRequested && !_request.IsCancellationRequested)
        {
            _observer?.BodyEnded(); // a canceled copy returns like a completed one
        }
    }

    // On HTTP/2 the body has its own token, which fires with the request's, and alone when the stream is over. Once a response has begun,
    // the cause would not be reported anywhere else.
    private bool IsEndedByPeer(CancellationToken body) =>
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
