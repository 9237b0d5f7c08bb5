using System.Net.Sockets;

namespace GatewayMesh.Proxy.Upstreams;

/// <summary>A connection's stream that gives its place back when it is closed.</summary>
internal sealed class HeldStream(Socket socket, HeldConnection place) : NetworkStream(socket, ownsSocket: true)
{
    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        place.Dispose();
    }
}
