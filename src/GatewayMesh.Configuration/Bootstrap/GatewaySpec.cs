using System.Net;
using GatewayMesh.Configuration.Policies.AdaptiveConcurrency;

namespace GatewayMesh.Configuration.Bootstrap;

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

    /// <summary>The limit that it finds by measuring, never above <see cref="MaxConcurrentRequests"/>. Default: none is looked for.</summary>
    public AdaptiveConcurrencyModel AdaptiveConcurrency { get; init; } = AdaptiveConcurrencyModel.Default;

    /// <summary>Age at which a carried connection is ended at a request boundary, ± 50 %. Default: 10 s.</summary>
    public TimeSpan MaxCarriedAge { get; init; } = TimeSpan.FromSeconds(10);
}
