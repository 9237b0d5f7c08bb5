using System.Net;

namespace GatewayMesh.Proxy.Listeners;

/// <summary>
/// A server address that never receives a connection; it exists for its pipeline (see <see cref="ProtocolConnectionMiddleware"/>).
/// </summary>
internal sealed class SilentEndPoint : EndPoint
{
    /// <inheritdoc/>
    public override string ToString() => "http2-pipeline";
}
