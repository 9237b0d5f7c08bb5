using System.Net;

namespace GatewayMesh.Proxy.Listeners;

/// <summary>An address of the server on which nothing ever arrives: it is there for its pipeline (see <see cref="ProtocolConnectionMiddleware"/>).</summary>
internal sealed class SilentEndPoint : EndPoint
{
    /// <inheritdoc/>
    public override string ToString() => "http2-pipeline";
}
