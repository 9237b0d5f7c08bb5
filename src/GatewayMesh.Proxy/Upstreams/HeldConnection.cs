using GatewayMesh.Proxy.Limits;

namespace GatewayMesh.Proxy.Upstreams;

/// <summary>
/// Permit of one open connection under the limits of its service; returned once, when the connection is closed or failed to open.
/// </summary>
/// <param name="permits">Permits that the permit belongs to.</param>
/// <param name="closed">Called when the permit is returned.</param>
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
