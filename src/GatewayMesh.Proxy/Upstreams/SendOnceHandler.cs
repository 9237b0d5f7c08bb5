using GatewayMesh.Proxy.Resilience;
using Microsoft.Extensions.Primitives;

namespace GatewayMesh.Proxy.Upstreams;

/// <summary>
/// The client sends a request again by itself when a pooled connection dies before an answer and no content was begun, whatever the method.
/// A request that must not run twice (RFC 9110 §9.2.2) therefore always has a content, even an empty one; and every content reports
/// whether it was begun. On HTTP/2 the client sends again only what the peer has said it did not take (REFUSED_STREAM, or above the last stream of a
/// GOAWAY), which is right for every method: a request without content it sends again by itself. One whose content was begun it cannot, since it would have to read
/// the body twice; that it wants to is how this proxy learns that nothing was processed (<see cref="ObservedContent"/>), and the attempts of the request go on.
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
            var observer = request.Options.TryGetValue(Observer, out var given) ? given : null;
            request.Content = new ObservedContent(isHttp2 ? content : new StoppableContent(content, observer), observer, cancellationToken);
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
}
