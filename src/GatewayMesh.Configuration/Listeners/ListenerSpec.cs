using System.Net;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Configuration.Listeners;

/// <summary>A listening address with its purpose and identity. Guard and worker refer to it by <see cref="Name"/>.</summary>
/// <param name="Name">Unique name in the process: <c>outbound/web</c>, <c>upstream/web/payments</c>, <c>inbound/web</c>, <c>mesh</c>,
/// <c>tunnel</c>, <c>ingress/8080</c>, <c>probe</c>.</param>
/// <param name="Kind">Kind of traffic.</param>
/// <param name="Address">Listening address.</param>
public sealed record ListenerSpec(string Name, ListenerKind Kind, IPEndPoint Address)
{
    /// <summary>Service whose identity the listener uses: a local service of a sidecar, or the gateway's own name.</summary>
    public string? Service { get; init; }

    /// <summary>
    /// True if other parts of the mesh connect to the listener. With certificates such a listener requires TLS and presents the certificate
    /// of <see cref="Service"/>.
    /// </summary>
    public bool IsForPeers => Kind is ListenerKind.Inbound or ListenerKind.Mesh;

    /// <summary><see cref="ListenerKind.Upstream"/>: the upstream service.</summary>
    public string? Upstream { get; init; }

    /// <summary>
    /// <see cref="ListenerKind.Inbound"/>: address of the application. <see cref="ListenerKind.Probe"/>: the guard's own socket.
    /// </summary>
    public HostPort? Application { get; init; }

    /// <summary>
    /// <see cref="ListenerKind.Inbound"/>: protocol of the application, <c>http</c> (default), <c>http2</c>, or <c>grpc</c>.
    /// </summary>
    public string Protocol { get; init; } = "http";
}
