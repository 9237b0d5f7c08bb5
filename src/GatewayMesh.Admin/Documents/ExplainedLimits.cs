using System.Text.Json.Serialization;

namespace GatewayMesh.Admin.Documents;

/// <summary>The limits of a service at this process, and the use of them.</summary>
public sealed record ExplainedLimits
{
    /// <summary>Requests in flight.</summary>
    public int Requests { get; set; }

    /// <summary>Limit of requests in flight.</summary>
    public int MaxRequests { get; set; }

    /// <summary>Open connections.</summary>
    public int Connections { get; set; }

    /// <summary>Requests that wait for a connection.</summary>
    public int Pending { get; set; }

    /// <summary>Limit of waiting requests.</summary>
    public int MaxPending { get; set; }

    /// <summary>Retries in flight.</summary>
    public int Retries { get; set; }

    /// <summary>Limit of retries in flight; null: no limit.</summary>
    public int? MaxRetries { get; set; }

    /// <summary>Phase of the circuit breaker: <c>closed</c>, <c>open</c> or <c>halfopen</c>; null: none.</summary>
    public string? Breaker { get; set; }

    /// <summary>Time until the open circuit breaker closes, in seconds.</summary>
    public double BreakerOpenForSeconds { get; set; }

    /// <summary>Attempts in the circuit breaker's window.</summary>
    public long BreakerAttempts { get; set; }

    /// <summary>Failures in the circuit breaker's window.</summary>
    public long BreakerFailures { get; set; }

    /// <summary>Measured concurrency limit of this host's application; absent when off.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? ConcurrencyLimit { get; set; }

    /// <summary>Concurrent requests at this host's application; absent when off.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Work { get; set; }
}
