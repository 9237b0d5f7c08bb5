using System.Text.Json.Serialization;

namespace GatewayMesh.Admin.Documents;

/// <summary>A target of a route.</summary>
public sealed record ExplainedTarget
{
    /// <summary>Id of the target.</summary>
    public string Id { get; set; } = "";

    /// <summary>Service of the target.</summary>
    public string Service { get; set; } = "";

    /// <summary><c>well</c>, <c>dormant</c>, <c>ejected</c>, <c>refused</c>, <c>unhealthy</c> or <c>empty</c>.</summary>
    public string State { get; set; } = "";

    /// <summary>Number of instances.</summary>
    public int Instances { get; set; }

    /// <summary>True if the request goes there.</summary>
    public bool Chosen { get; set; }

    /// <summary>
    /// False if intentions deny the caller this target, so that no retry moves there. Absent when the caller is unknown, and if intentions
    /// are not enforced.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Allowed { get; set; }
}
