using System.Net;

namespace GatewayMesh.Proxy.Listeners;

/// <summary>The address that the server of HTTP/2 sees for the connections that loops hand over.</summary>
internal sealed class Http2EndPoint : EndPoint
{
    /// <inheritdoc/>
    public override string ToString() => "http2";
}
