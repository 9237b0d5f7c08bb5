using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Pipeline;

namespace GatewayMesh.Proxy.Forwarding;

/// <summary>
/// Carries a request over one hop and its answer back. The seam behind which there may be more than one forwarder.
/// </summary>
internal interface IForwarder
{
    /// <summary>
    /// Sends the request to <see cref="Exchange.Hop"/>. <see cref="MeshError.None"/> when an answer was passed on whole; otherwise why not, and
    /// either nothing of the response has started (the caller may try elsewhere or answer), or the client's connection was aborted.
    /// </summary>
    ValueTask<MeshError> ForwardAsync(Exchange exchange);
}
