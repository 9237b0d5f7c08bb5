using System.Net;

namespace GatewayMesh.Proxy.Forwarding;

/// <summary>The content of a copy: the fields of the original's content now, the bytes once the original's body has arrived.</summary>
internal sealed class MirrorContent : HttpContent
{
    /// <summary>The bytes. Default: none.</summary>
    public ReadOnlyMemory<byte> Bytes { get; set; }

    /// <inheritdoc/>
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    /// <inheritdoc/>
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        stream.WriteAsync(Bytes, cancellationToken).AsTask();

    /// <inheritdoc/>
    protected override bool TryComputeLength(out long length)
    {
        length = Bytes.Length;
        return true;
    }
}
