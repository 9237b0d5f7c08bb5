using System.Net;

namespace GatewayMesh.Client.Bodies;

/// <summary>The content of one attempt: the fields and bytes of the caller's content, which stays usable for the next attempt.</summary>
internal sealed class AttemptContent : HttpContent
{
    private readonly RequestBody _body;
    private readonly long? _length;

    public AttemptContent(RequestBody body, HttpContent content)
    {
        _body = body;
        _length = content.Headers.ContentLength;
        foreach (var (name, values) in content.Headers.NonValidated)
        {
            // TryComputeLength sets the length.
            if (!name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase))
            {
                Headers.TryAddWithoutValidation(name, values);
            }
        }
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        _body.WriteAsync(stream, cancellationToken);

    protected override bool TryComputeLength(out long length)
    {
        length = _length ?? 0;
        return _length is not null;
    }
}
