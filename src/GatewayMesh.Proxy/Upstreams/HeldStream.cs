using System.Net.Sockets;

namespace GatewayMesh.Proxy.Upstreams;

/// <summary>A connection's stream that returns its permit when closed.</summary>
internal sealed class HeldStream(Socket socket, HeldConnection permit) : NetworkStream(socket, ownsSocket: true)
{
    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        permit.Dispose();
    }
}
