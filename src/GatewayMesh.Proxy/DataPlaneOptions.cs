using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography;
using GatewayMesh.Certificates;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Policies.AdaptiveConcurrency;
using GatewayMesh.Configuration.Reach;
using GatewayMesh.Linux;
using GatewayMesh.Proxy.Identity;
using GatewayMesh.Proxy.Stores;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace GatewayMesh.Proxy;

/// <summary>Settings that a data plane needs before its first snapshot.</summary>
public sealed record DataPlaneOptions
{
    /// <summary>Name of this node, as in <c>Via</c> and on the live path.</summary>
    public required string Node { get; init; }

    /// <summary>Role name in <c>Via</c>: <c>sidecar</c>, <c>gateway</c>, <c>ingress</c>.</summary>
    public required string RoleName { get; init; }

    /// <summary>
    /// Ingress listeners: name of this proxy in <c>Via</c>, which replaces node and role. Default: random, different for each process.
    /// </summary>
    public string Pseudonym { get; init; } = "ingress-" + RandomNumberGenerator.GetHexString(16, lowercase: true);

    /// <summary>Limits on client requests. Default: the defaults of <see cref="LimitsSpec"/>.</summary>
    public LimitsSpec Limits { get; init; } = new();

    /// <summary>Share of outbound requests sent through a gateway, 0 to 1. Default: 0.005.</summary>
    public double GatewayShare { get; init; } = 0.005;

    /// <summary>True to inject the faults of policies. Default: false.</summary>
    public bool AllowFaults { get; init; }

    /// <summary>Gateway group by local service. Default: <c>default</c> for services not listed.</summary>
    public ImmutableDictionary<string, string> GatewayGroups { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Mesh and tunnel listeners: maximum concurrent requests. Default: 1024.</summary>
    public int MaxConcurrentRequests { get; init; } = 1024;

    /// <summary>
    /// Mesh and tunnel listeners: settings of the limit found by measurement, never above <see cref="MaxConcurrentRequests"/>. Default:
    /// off.
    /// </summary>
    public AdaptiveConcurrencyModel AdaptiveConcurrency { get; init; } = AdaptiveConcurrencyModel.Default;

    /// <summary>Tunnel listeners: age at which a carried connection is ended at a request boundary, ± 50 %. Default: 10 s.</summary>
    public TimeSpan MaxCarriedAge { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Ingress listeners: name of the ingress in the snapshot. Other listeners: the service whose certificate identifies a peer as the
    /// ingress; only the ingress is trusted to send fields about clients outside the mesh. Default: <c>gatewaymesh-ingress</c>.
    /// </summary>
    public string IngressService { get; init; } = "gatewaymesh-ingress";

    /// <summary>Certificates and roots; not owned. Default: none, so the identity is plaintext and no caller is verified.</summary>
    public ICertificates? Certificates { get; init; }

    /// <summary>
    /// Service whose certificate identifies a peer as a gateway; only a gateway is trusted to name the caller it acts for. Default:
    /// <c>gatewaymesh-gateway</c>.
    /// </summary>
    public string GatewayService { get; init; } = "gatewaymesh-gateway";

    /// <summary>
    /// Ingress listeners: settings by port. Default: none. A listener not listed here is open to every client and speaks plain HTTP.
    /// </summary>
    public ImmutableArray<IngressListenerSpec> IngressListeners { get; init; } = [];

    /// <summary>Ingress listeners: networks whose <c>X-Forwarded-*</c> and PROXY headers are trusted. Default: none.</summary>
    public ImmutableArray<IPNetwork> TrustedProxies { get; init; } = [];

    /// <summary>Zone of this node; instances in this zone are preferred. Default: null, zones are ignored.</summary>
    public string? Zone { get; init; }

    /// <summary>Number of event loops, each with a thread. Default: 0, one for each core.</summary>
    public int Loops { get; init; }

    /// <summary>The clock. Default: the system's.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Seed of all randomness. Default: 1; a process sets its own.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Destination of events. Default: none.</summary>
    public ILoggerFactory Logs { get; init; } = NullLoggerFactory.Instance;

    /// <summary>Progress counters that the guard reads; not owned. Default: none.</summary>
    public ProgressPage? Progress { get; init; }

    /// <summary>
    /// Folder of the idempotency keys of this host's services; created when the first request has a key. Default: null, requests with a key
    /// are refused where a policy enables keys.
    /// </summary>
    public string? KeyFolder { get; init; }

    /// <summary>Folder that keeps key sets of token issuers for the next start. Default: null, none are kept.</summary>
    public string? JwksFolder { get; init; }

    /// <summary>Stores that nodes share. Default: none.</summary>
    public StoresSpec Stores { get; init; } = new();

    /// <summary>
    /// Called with a requested service whose instances the registry does not watch; must return quickly. Default: null, no request waits
    /// for a registry.
    /// </summary>
    public Action<string>? Want { get; init; }

    /// <summary>Destination of the access log, one JSON line per request; not owned. Default: none.</summary>
    public Stream? AccessLog { get; init; }

    /// <summary>Allowed addresses from the registry. Default: all.</summary>
    public ReachRules Reach { get; init; } = ReachRules.Unbounded;

    /// <summary>Maximum access log lines per second; one line counts the excess. Default: null, no limit.</summary>
    public int? AccessLogRate { get; init; }

    /// <summary>
    /// True if intentions are enforced because certificates identify callers. Default: false, because a plaintext name is no permission.
    /// </summary>
    public bool EnforcesIntentions { get; init; }

    /// <summary>Waits for the store of rate limits. Default: <see cref="StorePace.RateLimits"/>.</summary>
    internal StorePace RatePace { get; init; } = StorePace.RateLimits;

    /// <summary>Waits for the store of idempotency keys. Default: <see cref="StorePace.Keys"/>.</summary>
    internal StorePace KeyPace { get; init; } = StorePace.Keys;

    /// <summary>Source of caller identity; null trusts peer headers, which are never verified. Default: null.</summary>
    internal ICallerIdentity? Identity { get; init; }

    /// <summary>Returns the options for a bootstrap. The caller adds clock, seed, logs, progress page, and access log.</summary>
    public static DataPlaneOptions For(BootstrapSpec bootstrap) => new()
    {
        Node = bootstrap.Node,
        RoleName = bootstrap.Role switch { MeshRole.Sidecar => "sidecar", MeshRole.Gateway => "gateway", _ => "ingress" },
        Zone = bootstrap.Zone,
        Stores = bootstrap.Stores,
        Limits = bootstrap.Limits,
        GatewayShare = bootstrap.GatewayShare,
        AllowFaults = bootstrap.AllowFaults,
        GatewayGroups = bootstrap.Sidecar?.Services.ToImmutableDictionary(service => service.Name, service => service.GatewayGroup)
            ?? ImmutableDictionary<string, string>.Empty,
        MaxConcurrentRequests = bootstrap.Gateway?.MaxConcurrentRequests ?? 1024,
        AdaptiveConcurrency = bootstrap.Gateway?.AdaptiveConcurrency ?? AdaptiveConcurrencyModel.Default,
        MaxCarriedAge = bootstrap.Gateway?.MaxCarriedAge ?? TimeSpan.FromSeconds(10),
        GatewayService = bootstrap.GatewayService,
        IngressService = bootstrap.IngressService,
        IngressListeners = bootstrap.Ingress?.Listeners ?? [],
        TrustedProxies = bootstrap.Ingress?.TrustedProxies ?? [],
        Reach = ReachRules.Of(bootstrap),
        KeyFolder = Path.Combine(bootstrap.DataDir, "idempotency"),
        JwksFolder = Path.Combine(bootstrap.DataDir, "jwks"),
        AccessLogRate = bootstrap.Logs.AccessLog.MaxLinesPerSecond,
        EnforcesIntentions = bootstrap.Identity == IdentityMode.Mtls,
    };
}
