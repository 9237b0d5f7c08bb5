using System.Net;

namespace GatewayMesh.Configuration.Bootstrap;

/// <summary>One public listener of an ingress.</summary>
/// <param name="Address">Where it listens.</param>
public sealed record IngressListenerSpec(IPEndPoint Address)
{
    /// <summary>How it speaks TLS. Default: null, it speaks plain HTTP.</summary>
    public IngressTlsSpec? Tls { get; init; }

    /// <summary>The port of HTTPS that every request is sent to with 308. Default: null, requests are served.</summary>
    public int? Redirect { get; init; }

    /// <summary>Whether connections from trusted proxies begin with a PROXY header (version 1 or 2) that says who is calling. Default: false.</summary>
    public bool ProxyProtocol { get; init; }

    /// <summary>What happens to paths that can be written in more than one way. Default: <see cref="PathSpelling.Normalize"/>.</summary>
    public PathSpelling Paths { get; init; } = PathSpelling.Normalize;

    /// <summary>Its port, by which the <c>ingress-gateway</c> entry knows it.</summary>
    public int Port => Address.Port;
}
