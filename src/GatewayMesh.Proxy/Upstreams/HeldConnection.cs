using GatewayMesh.Proxy.Limits;

namespace GatewayMesh.Proxy.Upstreams;

/// <summary>The place of one open connection under the limits of its service; given back once, when the connection is closed or came to nothing.</summary>
/// <param name="permits">Whose place.</param>
/// <param name="closed">Called when it is given back.</param>
internal sealed class HeldConnection(ConnectionPermits permits, Action closed) : IDisposable
{
    private int _released;

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _released, 1) == 0)
        {
            closed();
            permits.Release();
        }
    }
}
