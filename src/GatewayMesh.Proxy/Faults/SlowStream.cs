using GatewayMesh.Proxy.Loops;
using GatewayMesh.Proxy.Messages;

namespace GatewayMesh.Proxy.Faults;

/// <summary>The content of an HTTP/2 response at a pace.</summary>
/// <param name="content">Content as the server writes it.</param>
/// <param name="rate">Bytes per second.</param>
/// <param name="time">The clock.</param>
internal sealed class SlowStream(Stream content, long rate, TimeProvider time) : AsyncWriteStream
{
    private BodyPace _pace = new(rate);

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            var part = buffer[..Math.Min(buffer.Length, _pace.Part)];
            if (_pace.Add(part.Length) is { Ticks: > 0 } wait)
            {
                await LoopWait.For(wait, time, cancellationToken).ConfigureAwait(false);
            }

            await content.WriteAsync(part, cancellationToken).ConfigureAwait(false);
            buffer = buffer[part.Length..];
        }
    }

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => content.FlushAsync(cancellationToken);
}
