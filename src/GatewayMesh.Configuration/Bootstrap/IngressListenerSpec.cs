using System.Net;

namespace GatewayMesh.Configuration.Bootstrap;

/// <summary>One public listener of an ingress.</summary>
/// <param name="Address">Listening address.</param>
public sealed record IngressListenerSpec(IPEndPoint Address)
{
    /// <summary>TLS settings. Default: null, plain HTTP.</summary>
    public IngressTlsSpec? Tls { get; init; }

    /// <summary>HTTPS port to which every request is redirected with 308. Default: null, requests are served.</summary>
    public int? Redirect { get; init; }

    /// <summary>
    /// True if connections from trusted proxies begin with a PROXY header (version 1 or 2) that names the client. Default: false.
    /// </summary>
    public bool ProxyProtocol { get; init; }

    /// <summary>Handling of paths that have more than one spelling. Default: <see cref="PathSpelling.Normalize"/>.</summary>
    public PathSpelling Paths { get; init; } = PathSpelling.Normalize;

    /// <summary>Port of the listener, by which the <c>ingress-gateway</c> entry refers to the listener.</summary>
    public int Port => Address.Port;
}
