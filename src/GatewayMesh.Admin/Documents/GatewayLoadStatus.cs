using System.Text.Json.Serialization;

namespace GatewayMesh.Admin.Documents;

/// <summary>Load and capacity of a gateway.</summary>
public sealed record GatewayLoadStatus : DocumentPart
{
    /// <summary>Limit of requests in flight.</summary>
    public int MaxConcurrentRequests { get; set; }

    /// <summary>Requests in flight.</summary>
    public int Inflight { get; set; }

    /// <summary>Hosts with requests in flight.</summary>
    public int Hosts { get; set; }

    /// <summary>Requests admitted so far.</summary>
    public long Admitted { get; set; }

    /// <summary>Requests refused because the gateway was full.</summary>
    public long RefusedFull { get; set; }

    /// <summary>Requests refused because their host exceeded its share.</summary>
    public long RefusedShare { get; set; }

    /// <summary>CPU time of a request, in microseconds.</summary>
    public double CpuMicrosecondsPerRequest { get; set; }

    /// <summary>Estimated capacity, in requests per second.</summary>
    public double CapacityRequestsPerSecond { get; set; }

    /// <summary>Mean requests per second of a host.</summary>
    public double MeanHostRate { get; set; }

    /// <summary>Estimated number of hosts that the gateway can carry; absent when unknown.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? CapacityHosts { get; set; }
}
