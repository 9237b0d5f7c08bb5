using System.Collections.Immutable;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Gateways;

namespace GatewayMesh.Configuration.Tunnels;

/// <summary>
/// <c>RUNDIR/SERVICE/gateways.json</c>: the gateways that can take over for a service, best first. Written by the worker, read by the guard
/// and the client library, kept across restarts.
/// </summary>
/// <param name="Service">Name of the service.</param>
/// <param name="Gateways">Gateways in the order in which this host tries them.</param>
public sealed record GatewayList(string Service, ImmutableArray<GatewayAddress> Gateways)
{
    /// <summary>
    /// Orders gateways for a node: healthy first, own zone first, then by rendezvous hash, so that the hosts of a fleet spread over the
    /// gateways.
    /// </summary>
    /// <param name="service">Service for which the gateways take over.</param>
    /// <param name="group">Gateway group of the service.</param>
    /// <param name="node">Name of this node.</param>
    /// <param name="zone">Zone of this node, or null.</param>
    /// <param name="gateways">All gateways.</param>
    /// <param name="tls">Identity to require when peers have certificates; tunnels then use the listener for mesh peers. Null:
    /// plaintext.</param>
    public static GatewayList Order(
        string service, string group, string node, string? zone, IEnumerable<Snapshot.GatewayModel> gateways, GatewayTls? tls = null) =>
        new(service,
        [
            .. gateways
                .Where(gateway => gateway.Group == group)
                .OrderByDescending(gateway => gateway.Healthy)
                .ThenByDescending(gateway => zone is not null && gateway.Zone == zone)
                .ThenByDescending(gateway => RendezvousHash(node, gateway.Node))
                .Select(
                    gateway => new GatewayAddress(gateway.Node, gateway.Mesh, tls is null ? gateway.Tunnel : gateway.Mesh) { Tls = tls }),
        ]);

    /// <summary>Content of the file.</summary>
    public byte[] ToBytes() => new GatewaysDocument
    {
        Service = Service,
        Gateways =
        [
            .. Gateways.Select(gateway => new ListedGateway
            {
                Node = gateway.Node,
                Mesh = gateway.Mesh.ToString(),
                Tunnel = gateway.Tunnel.ToString(),
                Tls = gateway.Tls is not null,
                Service = gateway.Tls?.Service,
                TrustDomain = gateway.Tls?.TrustDomain,
            }),
        ],
    }.ToBytes();

    /// <summary>Reads the content of the file.</summary>
    /// <returns>Null when the content is not a gateway list. Unknown properties are ignored.</returns>
    public static GatewayList? Read(ReadOnlyMemory<byte> content)
    {
        if (GatewaysDocument.Read(content.Span) is not { Service: { } service, Gateways: { } listed })
        {
            return null;
        }

        var gateways = listed.Select(Address).OfType<GatewayAddress>().ToImmutableArray();
        return gateways.Length == listed.Length ? new GatewayList(service, gateways) : null;
    }

    // A gateway that requires verification is never downgraded to one that does not.
    private static GatewayAddress? Address(ListedGateway? gateway) =>
        gateway is { Node: { } node } and ({ Tls: false } or { Service: not null, TrustDomain: not null })
        && HostPort.TryParse(gateway.Mesh, out var mesh)
        && HostPort.TryParse(gateway.Tunnel, out var tunnel)
            ? new GatewayAddress(node, mesh, tunnel)
            {
                Tls = gateway.Tls ? new GatewayTls(gateway.Service!, gateway.TrustDomain!) : null,
            }
            : null;

    // FNV-1a with a final mix: equal on every node and in every version, unlike string.GetHashCode.
    private static ulong RendezvousHash(string node, string gateway)
    {
        var hash = 14695981039346656037UL;
        foreach (var character in $"{node}\n{gateway}")
        {
            hash = (hash ^ character) * 1099511628211UL;
        }

        hash ^= hash >> 33;
        hash *= 0xff51afd7ed558ccdUL;
        return hash ^ (hash >> 33);
    }
}

/// <summary>A gateway as dialed by a host.</summary>
/// <param name="Node">Node of the gateway.</param>
/// <param name="Mesh">Listener for mesh peers.</param>
/// <param name="Tunnel">Listener for guards' tunnels.</param>
public sealed record GatewayAddress(string Node, HostPort Mesh, HostPort Tunnel)
{
    /// <summary>Identity to require in TLS; null: the tunnel is plaintext.</summary>
    public GatewayTls? Tls { get; init; }
}

/// <summary>Identity required of a gateway: its certificate must name this service in this trust domain.</summary>
/// <param name="Service">Service name of the gateway.</param>
/// <param name="TrustDomain">Trust domain of the gateway; a root that names its own trust domain takes precedence.</param>
public sealed record GatewayTls(string Service, string TrustDomain);
