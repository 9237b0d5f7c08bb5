using System.Net;

namespace GatewayMesh.Proxy.Listeners;

/// <summary>The one address that the server knows: all lent listeners together.</summary>
internal sealed class LentEndPoint : EndPoint
{
    /// <inheritdoc/>
    public override string ToString() => "lent-listeners";
}
