using System.Net;

namespace GatewayMesh.Proxy.Listeners;

/// <summary>The single address that the server sees for all lent listeners.</summary>
internal sealed class LentEndPoint : EndPoint
{
    /// <inheritdoc/>
    public override string ToString() => "lent-listeners";
}
