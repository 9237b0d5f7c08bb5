using System.Collections.Immutable;

namespace GatewayMesh.Configuration.Routing;

/// <summary>What a rule of a router changes (Consul: <c>ServiceRouteDestination</c>). What it does not say is the policy of the service in the end.</summary>
public sealed record RouteAction
{
    /// <summary>Changes nothing.</summary>
    public static RouteAction None { get; } = new();

    /// <summary>Stands in place of the matched path or path prefix; null to leave the path as it is.</summary>
    public string? PrefixRewrite { get; init; }

    /// <summary>In place of <c>timeouts.request</c>; null to leave it.</summary>
    public TimeSpan? RequestTimeout { get; init; }

    /// <summary>In place of the time that a stream may be idle; null to leave it (Consul 1.14 and later).</summary>
    public TimeSpan? IdleTimeout { get; init; }

    /// <summary>Retries, so attempts less one; null to leave them.</summary>
    public int? NumRetries { get; init; }

    /// <summary>Retries when no connection could be made.</summary>
    public bool RetryOnConnectFailure { get; init; }

    /// <summary>Statuses that are tried again.</summary>
    public ImmutableArray<int> RetryOnStatusCodes { get; init; } = [];

    /// <summary>Conditions by Envoy's names, such as <c>5xx</c> and <c>reset</c>, on which is tried again (Consul 1.14 and later).</summary>
    public ImmutableArray<string> RetryOn { get; init; } = [];
}
