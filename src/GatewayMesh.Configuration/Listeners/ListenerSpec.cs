using System.Net;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Configuration.Listeners;

/// <summary>One listening address of a process: what it is for and in whose name it acts. Guard and worker agree on it by <see cref="Name"/>.</summary>
/// <param name="Name">Unique in the process: <c>outbound/web</c>, <c>upstream/web/payments</c>, <c>inbound/web</c>, <c>mesh</c>, <c>tunnel</c>, <c>ingress/8080</c>, <c>probe</c>.</param>
/// <param name="Kind">What arrives on it.</param>
/// <param name="Address">Where it listens.</param>
public sealed record ListenerSpec(string Name, ListenerKind Kind, IPEndPoint Address)
{
    /// <summary>The service in whose identity it acts: a sidecar's local one, the gateway's own name.</summary>
    public string? Service { get; init; }

    /// <summary>Other parts of the mesh connect to it: where there are certificates, by TLS alone, and they are shown the one of <see cref="Service"/>.</summary>
    public bool IsForPeers => Kind is ListenerKind.Inbound or ListenerKind.Mesh;

    /// <summary><see cref="ListenerKind.Upstream"/>: the one service that it leads to.</summary>
    public string? Upstream { get; init; }

    /// <summary><see cref="ListenerKind.Inbound"/>: the application. <see cref="ListenerKind.Probe"/>: the guard's own socket.</summary>
    public HostPort? Application { get; init; }

    /// <summary><see cref="ListenerKind.Inbound"/>: what the application speaks, <c>http</c> (default), <c>http2</c> or <c>grpc</c>.</summary>
    public string Protocol { get; init; } = "http";
}
