using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Pipeline;

namespace GatewayMesh.Proxy.Forwarding;

/// <summary>Sends a request over one hop and returns the response. This seam allows more than one forwarder.</summary>
internal interface IForwarder
{
    /// <summary>
    /// Sends the request to the current hop of the exchange. Returns <see cref="MeshError.None"/> if a complete response was passed on;
    /// otherwise the error. After an error, either no part of the response has started (the caller may retry or respond), or the client's
    /// connection was aborted.
    /// </summary>
    ValueTask<MeshError> ForwardAsync(Exchange exchange);
}
