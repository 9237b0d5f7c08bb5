using System.Text.Json.Serialization;

namespace GatewayMesh.Admin.Documents;

/// <summary>
/// An instance in <c>/endpoints</c>. A refused record has the members from <c>service</c> to <c>address</c>, <c>healthy</c> and
/// <c>refused</c> only.
/// </summary>
public sealed record EndpointStatus
{
    /// <summary>Name of the service.</summary>
    public string Service { get; set; } = "";

    /// <summary>Id of the instance.</summary>
    public string Id { get; set; } = "";

    /// <summary>Node of the instance; empty without a sidecar.</summary>
    public string Node { get; set; } = "";

    /// <summary>Address that this node dials.</summary>
    public string Address { get; set; } = "";

    /// <summary>True if the hop to the instance is cleartext, since the instance has no sidecar.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Cleartext { get; set; }

    /// <summary>True if the instance is healthy.</summary>
    public bool Healthy { get; set; }

    /// <summary>Requests in flight from this process.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Inflight { get; set; }

    /// <summary>Failures in a row.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? ConsecutiveFailures { get; set; }

    /// <summary>True if the instance is ejected.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Ejected { get; set; }

    /// <summary>Time until the ejection ends, in seconds.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? EjectedForSeconds { get; set; }

    /// <summary>Weight relative to other instances.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Weight { get; set; }

    /// <summary>Zone of the instance; empty when unknown.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Zone { get; set; }

    /// <summary>Peak EWMA of the time to the response head, in milliseconds.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? EwmaMs { get; set; }

    /// <summary>Slow-start factor on the weight, 0 to 1.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? SlowStart { get; set; }

    /// <summary>Ejections in a row.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Ejections { get; set; }

    /// <summary>Cause of the ejection, or <c>none</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? EjectionCause { get; set; }

    /// <summary>Word of the reason why the record is ignored; absent for an instance.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Refused { get; set; }
}
