using System.Collections.Immutable;
using System.Net;

namespace GatewayMesh.Configuration.Bootstrap;

/// <summary>All that one process needs to know before it meets a registry: the bootstrap file, overlaid by variables and <c>--set</c>.</summary>
public sealed record BootstrapSpec
{
    /// <summary>What this process is.</summary>
    public required MeshRole Role { get; init; }

    /// <summary>Name of this node. Default: the host's name.</summary>
    public required string Node { get; init; }

    /// <summary>Name of the cluster. Default: <c>default</c>.</summary>
    public string Cluster { get; init; } = "default";

    /// <summary>Last good snapshot, certificates and guard state; made with mode 0700. Default: <c>/var/lib/gatewaymesh</c>.</summary>
    public string DataDir { get; init; } = "/var/lib/gatewaymesh";

    /// <summary>What applications of this host may read (<c>SERVICE/gateways.json</c>). Default: <c>/run/gatewaymesh</c>.</summary>
    public string RunDir { get; init; } = "/run/gatewaymesh";

    /// <summary>Where configuration and endpoints come from. Default: none (a role without one says what to do).</summary>
    public RegistrySpec? Registry { get; init; }

    /// <summary>Address of the admin listener. Default: <c>127.0.0.1:15000</c>.</summary>
    public IPEndPoint Admin { get; init; } = new(IPAddress.Loopback, 15000);

    /// <summary>How peers are known. Default: <see cref="IdentityMode.Plaintext"/> until mTLS is there.</summary>
    public IdentityMode Identity { get; init; } = IdentityMode.Plaintext;

    /// <summary>Set when <see cref="Role"/> is <see cref="MeshRole.Sidecar"/>.</summary>
    public SidecarSpec? Sidecar { get; init; }

    /// <summary>Set when <see cref="Role"/> is <see cref="MeshRole.Gateway"/>.</summary>
    public GatewaySpec? Gateway { get; init; }

    /// <summary>Set when <see cref="Role"/> is <see cref="MeshRole.Ingress"/>.</summary>
    public IngressSpec? Ingress { get; init; }

    /// <summary>What a client may ask of this process.</summary>
    public LimitsSpec Limits { get; init; } = new();

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
}

/// <summary>How peers are known.</summary>
public enum IdentityMode
{
    /// <summary>Not at all: the source of a request is telemetry, never permission.</summary>
    Plaintext,

    /// <summary>By certificate, both ways.</summary>
    Mtls,
}

/// <summary>A registry by its URI.</summary>
/// <param name="Kind">Scheme: <c>file</c> or <c>consul</c>.</param>
/// <param name="Target">For <c>file</c> the absolute folder; for <c>consul</c> the agents, comma separated.</param>
public sealed record RegistrySpec(string Kind, string Target);

/// <summary>What a sidecar fronts.</summary>
public sealed record SidecarSpec
{
    /// <summary>What other nodes dial to reach the inbound listeners. Default: <c>127.0.0.1</c>.</summary>
    public string Address { get; init; } = "127.0.0.1";

    /// <summary>The services of this host; at least one.</summary>
    public ImmutableArray<LocalServiceSpec> Services { get; init; } = [];

    /// <summary>How the guard watches the worker.</summary>
    public GuardSpec Guard { get; init; } = new();
}

/// <summary>One service that runs on this host.</summary>
public sealed record LocalServiceSpec
{
    /// <summary>Name of the service.</summary>
    public required string Name { get; init; }

    /// <summary>Id of this instance. Default: <c>NAME-NODE</c>.</summary>
    public required string Id { get; init; }

    /// <summary>Address of the application. Default: <c>127.0.0.1</c>.</summary>
    public string Address { get; init; } = "127.0.0.1";

    /// <summary>Port of the application.</summary>
    public required int Port { get; init; }

    /// <summary><c>http</c> (default) or <c>grpc</c>; <c>tcp</c> is not supported yet.</summary>
    public string Protocol { get; init; } = "http";

    /// <summary>The application's way out, in this service's identity; null when it calls nobody.</summary>
    public IPEndPoint? Outbound { get; init; }

    /// <summary>Others' way in; null when nobody calls it.</summary>
    public IPEndPoint? Inbound { get; init; }

    /// <summary>How readiness is told; null: the instance counts as healthy while its sidecar is.</summary>
    public HealthSpec? Health { get; init; }

    /// <summary>Tags, as the registry shows them.</summary>
    public ImmutableArray<string> Tags { get; init; } = [];

    /// <summary>Free pairs, as the registry shows them.</summary>
    public ImmutableSortedDictionary<string, string> Meta { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Own local ports for upstreams; also what is watched ahead of the first call.</summary>
    public ImmutableArray<UpstreamSpec> Upstreams { get; init; } = [];

    /// <summary>Group of gateways that stands in for this service. Default: <c>default</c>.</summary>
    public string GatewayGroup { get; init; } = "default";
}

/// <summary>An own local port for an upstream.</summary>
/// <param name="Service">The upstream's name.</param>
/// <param name="Address">Where the application reaches it (loopback).</param>
public sealed record UpstreamSpec(string Service, IPEndPoint Address);

/// <summary>An active readiness check of an application.</summary>
public sealed record HealthSpec
{
    /// <summary>Path of an HTTP check, or null for a TCP connect.</summary>
    public string? Http { get; init; }

    /// <summary>Time between two checks. Default: 2 s.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Time a check may take. Default: 1 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(1);
}

/// <summary>How the guard watches the worker.</summary>
public sealed record GuardSpec
{
    /// <summary>Time between two private probes. Default: 100 ms.</summary>
    public TimeSpan ProbeInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Time a private probe may take. Default: 250 ms.</summary>
    public TimeSpan ProbeTimeout { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Failed probes in a row that make a worker suspect. Default: 3.</summary>
    public int ProbeFailures { get; init; } = 3;

    /// <summary>Wait before a dead worker is started again, doubled at each crash. Default: 50 ms.</summary>
    public TimeSpan RestartBackoff { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The longest such wait. Default: 5 s.</summary>
    public TimeSpan RestartBackoffMax { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a worker must have been ready after a crash before it is granted the lease. Default: 2 s.</summary>
    public TimeSpan FailbackAfter { get; init; } = TimeSpan.FromSeconds(2);
}

/// <summary>What a gateway is.</summary>
public sealed record GatewaySpec
{
    /// <summary>What other nodes dial. Default: <c>127.0.0.1</c>.</summary>
    public string Address { get; init; } = "127.0.0.1";

    /// <summary>Listener for mesh peers. Default: <c>0.0.0.0:15443</c>.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Any, 15443);

    /// <summary>Listener for guards' tunnels in plaintext identity. Default: <c>0.0.0.0:15444</c>.</summary>
    public IPEndPoint GuardListen { get; init; } = new(IPAddress.Any, 15444);

    /// <summary>The name it registers. Default: <c>gatewaymesh-gateway</c>.</summary>
    public string Service { get; init; } = "gatewaymesh-gateway";

    /// <summary>The group of services it serves. Default: <c>default</c>.</summary>
    public string Group { get; init; } = "default";

    /// <summary>Requests at one time; beyond it 503 with <c>Retry-After</c>. Default: 1024.</summary>
    public int MaxConcurrentRequests { get; init; } = 1024;

    /// <summary>Age at which a carried connection is ended at a request boundary, ± 50 %. Default: 10 s.</summary>
    public TimeSpan MaxCarriedAge { get; init; } = TimeSpan.FromSeconds(10);
}

/// <summary>What an ingress is.</summary>
public sealed record IngressSpec
{
    /// <summary>What other nodes dial for status. Default: <c>127.0.0.1</c>.</summary>
    public string Address { get; init; } = "127.0.0.1";

    /// <summary>The name it registers, and the name of its <c>ingress-gateway</c> entry. Default: <c>gatewaymesh-ingress</c>.</summary>
    public string Service { get; init; } = "gatewaymesh-ingress";

    /// <summary>Addresses of the public listeners; their hosts and services stand in the <c>ingress-gateway</c> entry.</summary>
    public ImmutableArray<IPEndPoint> Listeners { get; init; } = [];

    /// <summary>Networks (CIDR) whose <c>X-Forwarded-*</c> headers are believed. Default: none.</summary>
    public ImmutableArray<IPNetwork> TrustedProxies { get; init; } = [];
}

/// <summary>What a client may ask of a listener.</summary>
public sealed record LimitsSpec
{
    /// <summary>Open downstream connections. Default: 20,000.</summary>
    public int MaxConnections { get; init; } = 20_000;

    /// <summary>Bytes of one request's head. Default: 32 KiB.</summary>
    public int MaxRequestHeadersTotalSize { get; init; } = 32 * 1024;

    /// <summary>Bytes of a request body; null (the default) for no limit.</summary>
    public long? MaxRequestBodySize { get; init; }

    /// <summary>Time in which a request's head must have arrived. Default: 10 s.</summary>
    public TimeSpan RequestHeadersTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time after which an idle downstream connection is closed. Default: 5 min.</summary>
    public TimeSpan KeepAliveTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>HTTP/2 streams on one connection. Default: 100.</summary>
    public int MaxStreamsPerConnection { get; init; } = 100;
}
