using System.Net;
using GatewayMesh.Proxy.Resilience;
using Microsoft.Extensions.Primitives;

namespace GatewayMesh.Proxy.Upstreams;

/// <summary>
/// The client sends a request again by itself when a pooled connection dies before an answer and no content was begun, whatever the method.
/// A request that must not run twice (RFC 9110 §9.2.2) therefore always has a content, even an empty one; and every content reports
/// whether it was begun. On HTTP/2 the client sends again only what the peer has said it did not take (REFUSED_STREAM, or above the last stream of a
/// GOAWAY), which is right for every method.
/// </summary>
internal sealed class SendOnceHandler(HttpMessageHandler inner, bool isHttp2) : DelegatingHandler(inner)
{
    /// <summary>Is told when the content is begun and when it is through.</summary>
    public static readonly HttpRequestOptionsKey<IBodyObserver> Observer = new("gatewaymesh-body-observer");

    /// <summary>Content headers of a request that has no body.</summary>
    public static readonly HttpRequestOptionsKey<List<KeyValuePair<string, StringValues>>> ContentHeadersWithoutBody = new("gatewaymesh-content-headers");

    /// <inheritdoc/>
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Content is { } content)
        {
            request.Content = new ObservedContent(content, request.Options.TryGetValue(Observer, out var observer) ? observer : null);
        }
        else if (request.Options.TryGetValue(ContentHeadersWithoutBody, out var headers) || (!isHttp2 && !Idempotence.Of(request.Method.Method)))
        {
            request.Content = new ByteArrayContent([]);
            foreach (var (name, values) in headers ?? [])
            {
                if (!name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase))
                {
                    request.Content.Headers.TryAddWithoutValidation(name, (IEnumerable<string>)values);
                }
            }
        }

        return base.SendAsync(request, cancellationToken);
    }

    private sealed class ObservedContent : HttpContent
    {
        private readonly HttpContent _content;
        private readonly IBodyObserver? _observer;

        public ObservedContent(HttpContent content, IBodyObserver? observer)
        {
            _content = content;
            _observer = observer;
            foreach (var (name, values) in content.Headers.NonValidated)
            {
                Headers.TryAddWithoutValidation(name, values);
            }
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            _observer?.BodyBegan();
            await _content.CopyToAsync(new FlushingStream(stream), context, cancellationToken).ConfigureAwait(false);
            _observer?.BodyEnded();
        }

        protected override bool TryComputeLength(out long length)
        {
            length = _content.Headers.ContentLength ?? 0;
            return _content.Headers.ContentLength is not null;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                _content.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
