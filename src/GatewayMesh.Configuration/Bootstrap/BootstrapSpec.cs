using System.Collections.Immutable;
using System.Net;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Configuration.Bootstrap;

/// <summary>
/// Bootstrap of one process: the settings needed before the registry is contacted. From the bootstrap file, variables, and <c>--set</c>.
/// </summary>
public sealed record BootstrapSpec
{
    /// <summary>Role of this process.</summary>
    public required MeshRole Role { get; init; }

    /// <summary>Name of this node. Default: the host's name.</summary>
    public required string Node { get; init; }

    /// <summary>Name of the cluster. Default: the name that the registry uses (the Consul datacenter), else <c>default</c>.</summary>
    public string? Cluster { get; init; }

    /// <summary>
    /// Zone of this node (a rack, an availability zone), or null. Instances and gateways in the same zone are preferred. Default: null.
    /// </summary>
    public string? Zone { get; init; }

    /// <summary>
    /// Folder of the last good snapshot, certificates, and guard state; created with mode 0700. Default:
    /// <c>/var/lib/gatewaymesh/ROLE-NODE</c>.
    /// </summary>
    public string DataDir { get; init; } = "/var/lib/gatewaymesh";

    /// <summary>Folder that applications of this host may read (<c>SERVICE/gateways.json</c>). Default: <c>/run/gatewaymesh</c>.</summary>
    public string RunDir { get; init; } = "/run/gatewaymesh";

    /// <summary>
    /// Source of configuration and endpoints. Default: <see cref="RegistrySpec.LocalConsul"/> if an agent answers there, otherwise none. A
    /// role without a registry reports the fix.
    /// </summary>
    public RegistrySpec? Registry { get; init; }

    /// <summary>
    /// True if startup exits with code 4 when the registry is unreachable and there is no last good snapshot (<c>--require-registry</c>).
    /// Default: false; the process waits and is not ready.
    /// </summary>
    public bool RegistryRequired { get; init; }

    /// <summary>Address of the admin listener. Default: <c>127.0.0.1:15000</c>.</summary>
    public IPEndPoint Admin { get; init; } = new(IPAddress.Loopback, 15000);

    /// <summary>Token required on the admin address. Default: null, no token; the address is then on loopback.</summary>
    public AdminTokenSpec? AdminToken { get; init; }

    /// <summary>
    /// Sidecar: true if a guard owns the listeners and watches the worker. Default: true; <c>--no-guard</c> runs the worker alone.
    /// </summary>
    public bool Guarded { get; init; } = true;

    /// <summary>Identification of peers. Default: <see cref="IdentityMode.Mtls"/>.</summary>
    public IdentityMode Identity { get; init; } = IdentityMode.Mtls;

    /// <summary>
    /// Folder of certificates and roots: <c>roots.pem</c>, and <c>SERVICE.pem</c> with certificate and key. Default:
    /// <c>DATADIR/certificates</c>.
    /// </summary>
    public string Certificates { get; init; } = "/var/lib/gatewaymesh/certificates";

    /// <summary>
    /// Service whose certificate identifies a gateway (<c>gateway.service</c>, in the files of all roles). Only such a peer may name the
    /// service on whose behalf it calls. Default: <c>gatewaymesh-gateway</c>.
    /// </summary>
    public string GatewayService { get; init; } = "gatewaymesh-gateway";

    /// <summary>
    /// Service whose certificate identifies an ingress (<c>ingress.service</c>, in the files of all roles). Only such a peer may describe
    /// clients outside the mesh. Default: <c>gatewaymesh-ingress</c>.
    /// </summary>
    public string IngressService { get; init; } = "gatewaymesh-ingress";

    /// <summary>Set when <see cref="Role"/> is <see cref="MeshRole.Sidecar"/>.</summary>
    public SidecarSpec? Sidecar { get; init; }

    /// <summary>Set when <see cref="Role"/> is <see cref="MeshRole.Gateway"/>.</summary>
    public GatewaySpec? Gateway { get; init; }

    /// <summary>
    /// Gateway: listener for guards' tunnels. With certificates this is the listener for peers, and tunnels use their own ALPN protocol
    /// name.
    /// </summary>
    public HostPort TunnelAddress => new(Gateway!.Address, (Identity == IdentityMode.Mtls ? Gateway.Listen : Gateway.GuardListen).Port);

    /// <summary>Set when <see cref="Role"/> is <see cref="MeshRole.Ingress"/>.</summary>
    public IngressSpec? Ingress { get; init; }

    /// <summary>
    /// Special ranges (loopback, link-local) in which this node may dial addresses from registry data (<c>reach</c>). Default: only the
    /// range of the node's own advertised address.
    /// </summary>
    public ImmutableArray<IPNetwork> Reach { get; init; } = [];

    /// <summary>Stores that nodes share.</summary>
    public StoresSpec Stores { get; init; } = new();

    /// <summary>Limits on clients of this process.</summary>
    public LimitsSpec Limits { get; init; } = new();

    /// <summary>Logs of this process and its requests.</summary>
    public LogsSpec Logs { get; init; } = new();

    /// <summary>
    /// True if this node injects the faults of policies (<c>allowFaults</c>). Default: false; the node ignores them, and says so.
    /// </summary>
    public bool AllowFaults { get; init; }

    /// <summary>Share of a sidecar's outbound requests that always uses a gateway, 0 to 1. Default: 0.005.</summary>
    public double GatewayShare { get; init; } = 0.005;

    /// <summary>Time to keep serving inbound requests after the node left the registry. Default: 2 s.</summary>
    public TimeSpan DrainDelay { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Time for requests in flight to finish during a drain. Default: 30 s.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Time for the old worker of an upgraded sidecar to finish its streams. Default: 10 min.</summary>
    public TimeSpan UpgradeDrainTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Path of the bootstrap file, or null.</summary>
    public string? File { get; init; }

    /// <summary>All listening addresses with the location of their keys. A default address has the location of its section.</summary>
    public ImmutableArray<AddressClaim> Addresses { get; init; } = [];

    /// <summary>
    /// Services whose identity this process uses, each of which needs a certificate: a sidecar's local services, the gateway, or the
    /// ingress.
    /// </summary>
    public ImmutableArray<string> Identities =>
    [
        .. (Sidecar?.Services ?? []).Select(service => service.Name).Distinct(StringComparer.Ordinal),
        .. Gateway is { } gateway ? [gateway.Service] : ImmutableArray<string>.Empty,
        .. Ingress is { } ingress ? [ingress.Service] : ImmutableArray<string>.Empty,
    ];

    /// <summary>Location of the key that set <paramref name="address"/>, or null.</summary>
    public AddressClaim? FindAddress(IPEndPoint address) => Addresses.FirstOrDefault(claim => claim.Address.Equals(address));
}
