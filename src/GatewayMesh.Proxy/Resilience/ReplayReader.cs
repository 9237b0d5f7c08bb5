using System.Runtime.CompilerServices;
using GatewayMesh.Proxy.Messages;

namespace GatewayMesh.Proxy.Resilience;

/// <summary>A body as read by one attempt, from its first byte.</summary>
internal sealed class ReplayReader(ReplayBody body) : AsyncReadStream
{
    private long _position;

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await body.ReadAsync(this, _position, buffer, cancellationToken).ConfigureAwait(false);
        _position += count;
        return count;
    }
}
