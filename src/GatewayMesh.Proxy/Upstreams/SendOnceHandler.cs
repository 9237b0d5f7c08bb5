using GatewayMesh.Proxy.Resilience;
using Microsoft.Extensions.Primitives;

namespace GatewayMesh.Proxy.Upstreams;

/// <summary>
/// Prevents the client from resending requests on its own. When an HTTP/1.1 connection ends before a response and no content was begun, the
/// client resends the request, whatever its method; the connection permits that only if the end came before the request was written
/// (<see cref="AnswerableStream"/>). So a request that must not run twice (RFC 9110 §9.2.2) always has content, even if
/// empty, and every content reports whether it was begun. On HTTP/2 the client resends only requests that the peer reported as unprocessed
/// (REFUSED_STREAM, or above the last stream of a GOAWAY), which is correct for every method: it resends a request without content on its
/// own. It cannot resend begun content because it would have to read the body twice; its attempt to do so shows this proxy that nothing was
/// processed (<see cref="ObservedContent"/>), and the request's own attempts continue.
/// </summary>
internal sealed class SendOnceHandler(HttpMessageHandler inner, bool isHttp2) : DelegatingHandler(inner)
{
    /// <summary>Observer of the content's start and end.</summary>
    public static readonly HttpRequestOptionsKey<IBodyObserver> Observer = new("gatewaymesh-body-observer");

    /// <summary>Content headers of a request without a body.</summary>
    public static readonly HttpRequestOptionsKey<List<KeyValuePair<string, StringValues>>> ContentHeadersWithoutBody = new(
        "gatewaymesh-content-headers");

    /// <inheritdoc/>
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Content is { } content)
        {
            var observer = request.Options.TryGetValue(Observer, out var given) ? given : null;
            request.Content = new ObservedContent(isHttp2 ? content : new StoppableContent(content, observer), observer, cancellationToken);
        }
        else if (request.Options.TryGetValue(ContentHeadersWithoutBody, out var headers)
            || (!isHttp2 && !Idempotence.Of(request.Method.Method)))
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
