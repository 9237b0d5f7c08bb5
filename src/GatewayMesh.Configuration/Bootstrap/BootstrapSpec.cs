using System.Collections.Immutable;
using System.Net;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Configuration.Bootstrap;

/// <summary>All that one process needs to know before it meets a registry: the bootstrap file, overlaid by variables and <c>--set</c>.</summary>
public sealed record BootstrapSpec
{
    /// <summary>What this process is.</summary>
    public required MeshRole Role { get; init; }

    /// <summary>Name of this node. Default: the host's name.</summary>
    public required string Node { get; init; }

    /// <summary>Name of the cluster. Default: what the registry calls it (the Consul datacenter), else <c>default</c>.</summary>
    public string? Cluster { get; init; }

    /// <summary>Zone that this node stands in (a rack, an availability zone), or null: instances and gateways of the same one go first. Default: null.</summary>
    public string? Zone { get; init; }

    /// <summary>Last good snapshot, certificates and guard state; made with mode 0700. Default: <c>/var/lib/gatewaymesh/ROLE-NODE</c>.</summary>
    public string DataDir { get; init; } = "/var/lib/gatewaymesh";

    /// <summary>What applications of this host may read (<c>SERVICE/gateways.json</c>). Default: <c>/run/gatewaymesh</c>.</summary>
    public string RunDir { get; init; } = "/run/gatewaymesh";

    /// <summary>Where configuration and endpoints come from. Default: <see cref="RegistrySpec.LocalConsul"/> where an agent answers, otherwise none (a role without one says what to do).</summary>
    public RegistrySpec? Registry { get; init; }

    /// <summary>Whether a start ends with exit code 4 when the registry cannot be reached and there is no last good snapshot. Default: false, wait for it, not ready; <c>--require-registry</c>.</summary>
    public bool RegistryRequired { get; init; }

    /// <summary>Address of the admin listener. Default: <c>127.0.0.1:15000</c>.</summary>
    public IPEndPoint Admin { get; init; } = new(IPAddress.Loopback, 15000);

    /// <summary>What an operator must show on the admin address. Default: null, nothing; the address is on loopback then.</summary>
    public AdminTokenSpec? AdminToken { get; init; }

    /// <summary>Sidecar: whether a guard owns the listeners and watches the worker. Default: true; <c>--no-guard</c> runs the worker alone.</summary>
    public bool Guarded { get; init; } = true;

    /// <summary>How peers are known. Default: <see cref="IdentityMode.Mtls"/>.</summary>
    public IdentityMode Identity { get; init; } = IdentityMode.Mtls;

    /// <summary>Where certificates and roots stand: <c>roots.pem</c>, and <c>SERVICE.pem</c> with certificate and key. Default: <c>DATADIR/certificates</c>.</summary>
    public string Certificates { get; init; } = "/var/lib/gatewaymesh/certificates";

    /// <summary>The service whose certificate makes a peer a gateway (<c>gateway.service</c>, in the files of all roles): it alone is believed when it says for whom it calls. Default: <c>gatewaymesh-gateway</c>.</summary>
    public string GatewayService { get; init; } = "gatewaymesh-gateway";

    /// <summary>
    /// The service whose certificate makes a peer an ingress (<c>ingress.service</c>, in the files of all roles): it alone is believed when it speaks of clients outside
    /// the mesh. Default: <c>gatewaymesh-ingress</c>.
    /// </summary>
    public string IngressService { get; init; } = "gatewaymesh-ingress";

    /// <summary>Set when <see cref="Role"/> is <see cref="MeshRole.Sidecar"/>.</summary>
    public SidecarSpec? Sidecar { get; init; }

    /// <summary>Set when <see cref="Role"/> is <see cref="MeshRole.Gateway"/>.</summary>
    public GatewaySpec? Gateway { get; init; }

    /// <summary>Gateway: where guards' tunnels come to: with certificates the listener for peers, by a protocol name of their own.</summary>
    public HostPort TunnelAddress => new(Gateway!.Address, (Identity == IdentityMode.Mtls ? Gateway.Listen : Gateway.GuardListen).Port);

    /// <summary>Set when <see cref="Role"/> is <see cref="MeshRole.Ingress"/>.</summary>
    public IngressSpec? Ingress { get; init; }

    /// <summary>
    /// Special ranges (loopback, link-local) that registry data may lead this node to (<c>reach</c>). Default: none but that of the node's own advertised address.
    /// </summary>
    public ImmutableArray<IPNetwork> Reach { get; init; } = [];

    /// <summary>What a client may ask of this process.</summary>
    public LimitsSpec Limits { get; init; } = new();

    /// <summary>What this process writes about itself and its requests.</summary>
    public LogsSpec Logs { get; init; } = new();

    /// <summary>Share of a sidecar's outbound requests that always goes through a gateway, 0 to 1. Default: 0.005.</summary>
    public double GatewayShare { get; init; } = 0.005;

    /// <summary>How long inbound is kept after the node left the registry. Default: 2 s.</summary>
    public TimeSpan DrainDelay { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long requests in flight may take when the process drains. Default: 30 s.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long an upgraded sidecar's old worker may take to end its streams. Default: 10 min.</summary>
    public TimeSpan UpgradeDrainTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The file this came from, or null.</summary>
    public string? File { get; init; }

    /// <summary>Every address to listen on, with the place where it was said; one that is a default stands at its section.</summary>
    public ImmutableArray<AddressClaim> Addresses { get; init; } = [];

    /// <summary>The services in whose names this process speaks, each of which needs a certificate: a sidecar's local services, or the gateway, or the ingress.</summary>
    public ImmutableArray<string> Identities =>
    [
        .. (Sidecar?.Services ?? []).Select(service => service.Name).Distinct(StringComparer.Ordinal),
        .. Gateway is { } gateway ? [gateway.Service] : ImmutableArray<string>.Empty,
        .. Ingress is { } ingress ? [ingress.Service] : ImmutableArray<string>.Empty,
    ];

    /// <summary>Where <paramref name="address"/> was said, or null.</summary>
    public AddressClaim? FindAddress(IPEndPoint address) => Addresses.FirstOrDefault(claim => claim.Address.Equals(address));
}
