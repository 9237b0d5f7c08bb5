using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography;
using GatewayMesh.Certificates;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Policies.AdaptiveConcurrency;
using GatewayMesh.Configuration.Reach;
using GatewayMesh.Linux;
using GatewayMesh.Proxy.Identity;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace GatewayMesh.Proxy;

/// <summary>What a data plane needs to know before its first snapshot.</summary>
public sealed record DataPlaneOptions
{
    /// <summary>Name of this node, as in <c>Via</c> and on the live path.</summary>
    public required string Node { get; init; }

    /// <summary>Word of the role in <c>Via</c>: <c>sidecar</c>, <c>gateway</c>, <c>ingress</c>.</summary>
    public required string RoleName { get; init; }

    /// <summary>Ingress listeners: name of this proxy in <c>Via</c>, in place of its node and role. Default: random, another one for each process.</summary>
    public string Pseudonym { get; init; } = "ingress-" + RandomNumberGenerator.GetHexString(16, lowercase: true);

    /// <summary>What a client may ask. Default: the defaults of <see cref="LimitsSpec"/>.</summary>
    public LimitsSpec Limits { get; init; } = new();

    /// <summary>Share of outbound requests that goes through a gateway, 0 to 1. Default: 0.005.</summary>
    public double GatewayShare { get; init; } = 0.005;

    /// <summary>Group of gateways by local service. Default: <c>default</c> for every service that does not stand here.</summary>
    public ImmutableDictionary<string, string> GatewayGroups { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Mesh and tunnel listeners: requests at one time. Default: 1024.</summary>
    public int MaxConcurrentRequests { get; init; } = 1024;

    /// <summary>Mesh and tunnel listeners: the limit that the process finds for itself by measuring, never above <see cref="MaxConcurrentRequests"/>. Default: none is looked for.</summary>
    public AdaptiveConcurrencyModel AdaptiveConcurrency { get; init; } = AdaptiveConcurrencyModel.Default;

    /// <summary>Tunnel listeners: age at which a carried connection is ended at a request boundary, ± 50 %. Default: 10 s.</summary>
    public TimeSpan MaxCarriedAge { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Ingress listeners: name of the ingress in the snapshot. Elsewhere: the service whose certificate makes a peer the ingress, which alone is believed when it speaks
    /// of clients outside the mesh. Default: <c>gatewaymesh-ingress</c>.
    /// </summary>
    public string IngressService { get; init; } = "gatewaymesh-ingress";

    /// <summary>Certificates and roots; not owned. Default: none, and then the identity is plaintext: nobody is verified.</summary>
    public ICertificates? Certificates { get; init; }

    /// <summary>The service whose certificate makes a peer a gateway: it alone is believed when it says for whom it calls. Default: <c>gatewaymesh-gateway</c>.</summary>
    public string GatewayService { get; init; } = "gatewaymesh-gateway";

    /// <summary>Ingress listeners: what each of them does, by port. Default: none; a listener that does not stand here is closed to nobody and speaks plain HTTP.</summary>
    public ImmutableArray<IngressListenerSpec> IngressListeners { get; init; } = [];

    /// <summary>Ingress listeners: networks whose <c>X-Forwarded-*</c> and PROXY headers are believed. Default: none.</summary>
    public ImmutableArray<IPNetwork> TrustedProxies { get; init; } = [];

    /// <summary>Zone of this node, whose instances go first. Default: null, zones make no difference.</summary>
    public string? Zone { get; init; }

    /// <summary>The clock. Default: the system's.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Seed of all randomness. Default: 1; a process passes its own.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Where events go. Default: nowhere.</summary>
    public ILoggerFactory Logs { get; init; } = NullLoggerFactory.Instance;

    /// <summary>Counters that the guard sees; not owned. Default: none.</summary>
    public ProgressPage? Progress { get; init; }

    /// <summary>Told of a service that a request asks for and whose instances the registry does not look at; quick. Default: nobody, no request waits for a registry.</summary>
    public Action<string>? Want { get; init; }

    /// <summary>Where the access log goes, one JSON line a request; not owned. Default: nowhere.</summary>
    public Stream? AccessLog { get; init; }

    /// <summary>Where registry data may lead. Default: anywhere.</summary>
    public ReachRules Reach { get; init; } = ReachRules.Unbounded;

    /// <summary>Lines of the access log a second; what is beyond is counted in one line. Default: null, no limit.</summary>
    public int? AccessLogRate { get; init; }

    /// <summary>Whether intentions decide, because callers are known by their certificates. Default: false, as in plaintext a name is no permission.</summary>
    public bool EnforcesIntentions { get; init; }

    /// <summary>Who calls; null: what peers say of themselves, which is never verified. Default: null.</summary>
    internal ICallerIdentity? Identity { get; init; }

    /// <summary>The options that a bootstrap asks for; clock, seed, logs, progress page and access log are the caller's to add.</summary>
    public static DataPlaneOptions For(BootstrapSpec bootstrap) => new()
    {
        Node = bootstrap.Node,
        RoleName = bootstrap.Role switch { MeshRole.Sidecar => "sidecar", MeshRole.Gateway => "gateway", _ => "ingress" },
        Zone = bootstrap.Zone,
        Limits = bootstrap.Limits,
        GatewayShare = bootstrap.GatewayShare,
        GatewayGroups = bootstrap.Sidecar?.Services.ToImmutableDictionary(service => service.Name, service => service.GatewayGroup) ?? ImmutableDictionary<string, string>.Empty,
        MaxConcurrentRequests = bootstrap.Gateway?.MaxConcurrentRequests ?? 1024,
        AdaptiveConcurrency = bootstrap.Gateway?.AdaptiveConcurrency ?? AdaptiveConcurrencyModel.Default,
        MaxCarriedAge = bootstrap.Gateway?.MaxCarriedAge ?? TimeSpan.FromSeconds(10),
        GatewayService = bootstrap.GatewayService,
        IngressService = bootstrap.IngressService,
        IngressListeners = bootstrap.Ingress?.Listeners ?? [],
        TrustedProxies = bootstrap.Ingress?.TrustedProxies ?? [],
        Reach = ReachRules.Of(bootstrap),
        AccessLogRate = bootstrap.Logs.AccessLog.MaxLinesPerSecond,
        EnforcesIntentions = bootstrap.Identity == IdentityMode.Mtls,
    };
}
