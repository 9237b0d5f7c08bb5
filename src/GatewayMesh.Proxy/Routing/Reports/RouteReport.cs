using System.Collections.Immutable;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Proxy.Errors;

namespace GatewayMesh.Proxy.Routing.Reports;

/// <summary>Which way a request would take now, and why: what <c>explain</c> shows.</summary>
/// <param name="Asked">The service that is asked for.</param>
public sealed record RouteReport(string Asked)
{
    /// <summary>Why it would not be forwarded: <see cref="MeshErrorKind.DestinationNotFound"/> or <see cref="MeshErrorKind.NoEndpoint"/>; otherwise none.</summary>
    public MeshErrorKind Error { get; init; }

    /// <summary>What led to the target: <c>ROUTER[RULE]</c>, else the resolver; null when the name leads straight to the service's instances.</summary>
    public string? Route { get; init; }

    /// <summary>The rules that were looked at, in order; the last is the one that matches.</summary>
    public ImmutableArray<RuleReport> Rules { get; init; } = [];

    /// <summary>The splitters that were passed, in order.</summary>
    public ImmutableArray<SplitReport> Splits { get; init; } = [];

    /// <summary>The target and its failover targets, in order; of a service that is known at least one.</summary>
    public ImmutableArray<TargetReport> Targets { get; init; } = [];

    /// <summary>Which of <see cref="Targets"/> is taken.</summary>
    public int Chosen { get; init; }

    /// <summary>Path and query as the target gets them; null when they stay as they are.</summary>
    public string? Rewritten { get; init; }

    /// <summary>How the call is made: the policy of the target's service under what resolver and rule say.</summary>
    public PolicyModel Policy { get; init; } = PolicyModel.Default;

    /// <summary>The target that is taken; null when the service is not known.</summary>
    public TargetReport? Target => Targets.IsEmpty ? null : Targets[Chosen];
}
