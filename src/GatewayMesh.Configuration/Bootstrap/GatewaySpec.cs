using System.Net;
using GatewayMesh.Configuration.Policies.AdaptiveConcurrency;

namespace GatewayMesh.Configuration.Bootstrap;

/// <summary>Settings of a gateway.</summary>
public sealed record GatewaySpec
{
    /// <summary>Address that other nodes dial. Default: <c>127.0.0.1</c>.</summary>
    public string Address { get; init; } = "127.0.0.1";

    /// <summary>Listener for mesh peers. Default: <c>0.0.0.0:15443</c>.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Any, 15443);

    /// <summary>Listener for guards' tunnels in plaintext identity. Default: <c>0.0.0.0:15444</c>.</summary>
    public IPEndPoint GuardListen { get; init; } = new(IPAddress.Any, 15444);

    /// <summary>Service name under which the gateway registers. Default: <c>gatewaymesh-gateway</c>.</summary>
    public string Service { get; init; } = "gatewaymesh-gateway";

    /// <summary>Group of services that the gateway serves. Default: <c>default</c>.</summary>
    public string Group { get; init; } = "default";

    /// <summary>Concurrent requests; further requests are answered 503 with <c>Retry-After</c>. Default: 1024.</summary>
    public int MaxConcurrentRequests { get; init; } = 1024;

    /// <summary>Adaptive concurrency limit, never above <see cref="MaxConcurrentRequests"/>. Default: disabled.</summary>
    public AdaptiveConcurrencyModel AdaptiveConcurrency { get; init; } = AdaptiveConcurrencyModel.Default;

    /// <summary>Age at which a carried connection is closed at a request boundary, ± 50 %. Default: 10 s.</summary>
    public TimeSpan MaxCarriedAge { get; init; } = TimeSpan.FromSeconds(10);
}
