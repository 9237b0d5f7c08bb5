using System.Collections.Immutable;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Proxy.Errors;

namespace GatewayMesh.Proxy.Routing.Reports;

/// <summary>The route that a request would take now, with reasons: the output of <c>explain</c>.</summary>
/// <param name="Asked">Requested service.</param>
public sealed record RouteReport(string Asked)
{
    /// <summary>
    /// Error if the request would not be forwarded: <see cref="MeshErrorKind.DestinationNotFound"/>,
    /// <see cref="MeshErrorKind.AddressRefused"/>, <see cref="MeshErrorKind.NoEndpoint"/>, or the error that ends the route; otherwise none.
    /// </summary>
    public MeshErrorKind Error { get; init; }

    /// <summary>Cause of the error that ends the route; null if the route ends at instances.</summary>
    public string? Cause { get; init; }

    /// <summary>
    /// Rule that led to the target, <c>ROUTER[RULE]</c>, otherwise the resolver; null if the name leads directly to the service's
    /// instances.
    /// </summary>
    public string? Route { get; init; }

    /// <summary>Evaluated rules in order; the last one matches.</summary>
    public ImmutableArray<RuleReport> Rules { get; init; } = [];

    /// <summary>Passed splitters in order.</summary>
    public ImmutableArray<SplitReport> Splits { get; init; } = [];

    /// <summary>Evaluated feature flags of the policy in order; only the last one can be on.</summary>
    public ImmutableArray<FlagReport> Flags { get; init; } = [];

    /// <summary>Target and failover targets in order; at least one for a known service whose route does not end with an error.</summary>
    public ImmutableArray<TargetReport> Targets { get; init; } = [];

    /// <summary>Index of the selected target in <see cref="Targets"/>.</summary>
    public int Chosen { get; init; }

    /// <summary>Path and query sent to the target; null if unchanged.</summary>
    public string? Rewritten { get; init; }

    /// <summary>Policy of the call: the policy of the target's service with the overrides of resolver and rule.</summary>
    public PolicyModel Policy { get; init; } = PolicyModel.Default;

    /// <summary>Selected target; null if the service is unknown.</summary>
    public TargetReport? Target => Targets.IsEmpty ? null : Targets[Chosen];
}
