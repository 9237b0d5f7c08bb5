using System.Net;

namespace GatewayMesh.Proxy.Upstreams;

/// <summary>
/// An HTTP/1.1 body that ends early without an error when the instance accepts no more of it, so that the client continues with the
/// response (<see cref="AnswerableStream"/>). The rest of the declared length is written as filler to the connection, which drops it;
/// nothing more is read from the caller.
/// </summary>
internal sealed class StoppableContent : HttpContent
{
    private static readonly byte[] Filler = new byte[64 * 1024];

    private readonly HttpContent _content;
    private readonly IBodyObserver? _observer;

    public StoppableContent(HttpContent content, IBodyObserver? observer)
    {
        _content = content;
        _observer = observer;
        foreach (var (name, values) in content.Headers.NonValidated)
        {
            Headers.TryAddWithoutValidation(name, values);
        }
    }

    /// <inheritdoc/>
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    /// <inheritdoc/>
    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var counted = new CountedStream(stream);
        try
        {
            await _content.CopyToAsync(counted, context, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (UploadRefusedException.IsIn(failure))
        {
        }

        if (!counted.IsRefused)
        {
            return;
        }

        _observer?.BodyRefused();
        for (var left = (_content.Headers.ContentLength ?? 0) - counted.Count; left > 0; left -= Filler.Length)
        {
            await stream.WriteAsync(Filler.AsMemory(0, (int)Math.Min(left, Filler.Length)), cancellationToken).ConfigureAwait(false);
        }
    }

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
