namespace GatewayMesh.Client.Bodies;

/// <summary>The body of a request across its attempts: a small body is kept, a large one is streamed.</summary>
internal sealed class RequestBody
{
    private readonly HttpContent? _content;
    private readonly int _limit;
    private readonly bool _buffered;
    private byte[]? _copy;
    private volatile bool _begun;

    private RequestBody(HttpContent? content, int limit, bool buffered)
    {
        _content = content;
        _limit = limit;
        _buffered = buffered;
    }

    /// <summary>True if the content can be sent from its start.</summary>
    public bool AtHand => _content is null || _buffered || !_begun || Volatile.Read(ref _copy) is not null;

    /// <summary>Buffers a content if its length is known and small enough.</summary>
    public static async ValueTask<RequestBody> ReadAsync(HttpContent? content, int limit, CancellationToken cancellation)
    {
        if (content?.Headers.ContentLength is not { } length || length > limit)
        {
            return new RequestBody(content, limit, buffered: false);
        }

        await content.LoadIntoBufferAsync(limit, cancellation).ConfigureAwait(false);
        return new RequestBody(content, limit, buffered: true);
    }

    /// <summary>The content for one attempt; null without a body.</summary>
    public HttpContent? ForAttempt() => _content is null ? null : new AttemptContent(this, _content);

    /// <summary>Writes the body. A body of unknown length is copied meanwhile and can be sent again if all of it fits.</summary>
    public async Task WriteAsync(Stream stream, CancellationToken cancellation)
    {
        if (_buffered)
        {
            await _content!.CopyToAsync(stream, cancellation).ConfigureAwait(false);
            return;
        }

        if (Volatile.Read(ref _copy) is { } copy)
        {
            await stream.WriteAsync(copy, cancellation).ConfigureAwait(false);
            return;
        }

        if (_begun)
        {
            throw new IOException("The body was already sent and was not buffered.");
        }

        _begun = true;
        var copying = new CopyingStream(stream, _content!.Headers.ContentLength is null ? _limit : 0);
        await using (copying.ConfigureAwait(false))
        {
            await _content.CopyToAsync(copying, cancellation).ConfigureAwait(false);
            Volatile.Write(ref _copy, copying.Copy);
        }
    }
}
