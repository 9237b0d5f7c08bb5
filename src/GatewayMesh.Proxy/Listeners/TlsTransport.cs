using System.Buffers;
using System.IO.Pipelines;
using System.Net.Security;

namespace GatewayMesh.Proxy.Listeners;

/// <summary>
/// Plaintext side of a TLS connection as a pair of pipes on buffers of the connection's own pool. An idle connection holds no buffer.
/// </summary>
internal sealed class TlsTransport(SslStream tls, MemoryPool<byte> pool) : IDuplexPipe
{
    // Maximum payload of one record (RFC 8446 §5.1): long responses take fewer records and fewer writes.
    private const int Record = 16 * 1024;

    /// <inheritdoc/>
    public PipeReader Input { get; } = PipeReader.Create(tls, new StreamPipeReaderOptions(pool, leaveOpen: true, useZeroByteReads: true));

    /// <inheritdoc/>
    public PipeWriter Output { get; } = PipeWriter.Create(tls, new StreamPipeWriterOptions(pool, Record, leaveOpen: true));
}
