using GatewayMesh.Proxy.Pipeline;

namespace GatewayMesh.Proxy.Identity;

/// <summary>Tells who a request comes from. The seam where certificates will speak.</summary>
internal interface ICallerIdentity
{
    /// <summary>The caller.</summary>
    Caller CallerOf(Exchange exchange);
}
