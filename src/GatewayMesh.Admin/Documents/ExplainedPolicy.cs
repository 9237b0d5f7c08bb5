using System.Text.Json.Serialization;

namespace GatewayMesh.Admin.Documents;

/// <summary>The policy of a call.</summary>
public sealed record ExplainedPolicy
{
    /// <summary>Time for the request, in milliseconds.</summary>
    public double RequestTimeoutMs { get; set; }

    /// <summary>Time to connect, in milliseconds.</summary>
    public double ConnectTimeoutMs { get; set; }

    /// <summary>Attempts over all layers, at most.</summary>
    public int MaxAttempts { get; set; }

    /// <summary>Failures in a row that eject an instance.</summary>
    public int EjectAfter { get; set; }

    /// <summary>Time of the first ejection, in milliseconds.</summary>
    public double EjectForMs { get; set; }

    /// <summary>Compiled policy, all sections with their defaults.</summary>
    [JsonConverter(typeof(RawJson))]
    public string All { get; set; } = "{}";
}
