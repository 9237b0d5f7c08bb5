using System.Net;

namespace GatewayMesh.Proxy.Forwarding;

/// <summary>
/// Content of a response whose first bytes were read ahead, to see whether the stream is empty: an empty stream ends with trailers that may
/// decide about another attempt.
/// </summary>
internal sealed class PeekedContent : HttpContent
{
    private const int Size = 4096;

    private readonly HttpContent _content;
    private readonly PeekedStream _stream;

    private PeekedContent(HttpContent content, PeekedStream stream) => (_content, _stream) = (content, stream);

    /// <summary>Takes the place of the content of <paramref name="response"/>, and starts to read.</summary>
    public static async Task<PeekedContent> OfAsync(HttpResponseMessage response)
    {
        var inner = await response.Content.ReadAsStreamAsync().ConfigureAwait(false);
        var content = new PeekedContent(response.Content, new PeekedStream(inner, new byte[Size]));
        response.Content = content;
        return content;
    }

    /// <summary>Waits for the first bytes; true if the stream ended without any, false if the time passed or the stream broke.</summary>
    public async Task<bool> IsEmptyAsync(TimeSpan patience, TimeProvider time)
    {
        var first = _stream.First;
        if (!first.IsCompleted)
        {
            using var end = new CancellationTokenSource();
            await Task.WhenAny(first, Task.Delay(patience, time, end.Token)).ConfigureAwait(false);
            await end.CancelAsync().ConfigureAwait(false);
        }

        return first.IsCompletedSuccessfully && await first.ConfigureAwait(false) == 0;
    }

    /// <inheritdoc/>
    protected override Task<Stream> CreateContentReadStreamAsync() => Task.FromResult<Stream>(_stream);

    /// <inheritdoc/>
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => _stream.CopyToAsync(stream);

    /// <inheritdoc/>
    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _content.Dispose();
            _stream.Dispose();
        }

        base.Dispose(disposing);
    }
}
