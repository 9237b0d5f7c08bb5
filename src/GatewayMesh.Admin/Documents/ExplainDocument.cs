using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace GatewayMesh.Admin.Documents;

/// <summary>
/// <c>/explain</c>: route, policy and instances of a request. For an unknown service, the members from <c>destination</c> on are absent.
/// </summary>
public sealed record ExplainDocument
{
    /// <summary>Schema of this document. A build that writes none has schema 1.</summary>
    public int Schema { get; set; } = 1;

    /// <summary>Method of the request.</summary>
    public string Method { get; set; } = "";

    /// <summary>Host of the request.</summary>
    public string Host { get; set; } = "";

    /// <summary>Path and query of the request.</summary>
    public string Path { get; set; } = "";

    /// <summary>Calling service; empty when unknown.</summary>
    public string From { get; set; } = "";

    /// <summary>Configuration revision in use.</summary>
    public string Revision { get; set; } = "";

    /// <summary>Requested service.</summary>
    public string Service { get; set; } = "";

    /// <summary>True if the mesh knows the service.</summary>
    public bool Known { get; set; }

    /// <summary>Word of the error if the request would not be forwarded; empty otherwise.</summary>
    public string Reason { get; set; } = "";

    /// <summary>Rules and splits that lead to the target.</summary>
    public ExplainedRoute Route { get; set; } = new();

    /// <summary>Target, and failover targets in order.</summary>
    public ImmutableArray<ExplainedTarget> Targets { get; set; } = [];

    /// <summary>Service of the chosen target.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Destination { get; set; }

    /// <summary>Id of the chosen target.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Target { get; set; }

    /// <summary>Protocol of the chosen target.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Protocol { get; set; }

    /// <summary>Number of ignored registry records of the service.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? RefusedTotal { get; set; }

    /// <summary>The first of these records, at most 20.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ImmutableArray<RefusedRecordStatus>? Refused { get; set; }

    /// <summary>Instances of the chosen target.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ImmutableArray<EndpointStatus>? Instances { get; set; }

    /// <summary>Gateway group of the caller.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? GatewayGroup { get; set; }

    /// <summary>Share of requests that always takes a gateway, 0 to 1.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? GatewayShare { get; set; }

    /// <summary>Gateways of that group.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ImmutableArray<ExplainedGateway>? Gateways { get; set; }

    /// <summary>Policy of the call.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ExplainedPolicy? Policy { get; set; }

    /// <summary>Retries left.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ExplainedBudget? RetryBudget { get; set; }

    /// <summary>Limits of the service; absent when this process has none for it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ExplainedLimits? Limits { get; set; }

    /// <summary>Copies of the requests; absent when there are none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ExplainedMirror? Mirror { get; set; }

    /// <summary>Evaluated feature flags of the policy, in order; absent when it has none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ImmutableArray<ExplainedFlag>? Flags { get; set; }

    /// <summary>Faults of the policy; absent when it has none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ExplainedFaults? Faults { get; set; }

    /// <summary>Rate limits of the service; absent when it has none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ImmutableArray<ExplainedRateLimit>? RateLimits { get; set; }

    /// <summary>Decision about the call; absent when the caller is unknown.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public CheckedIntention? Intention { get; set; }
}
