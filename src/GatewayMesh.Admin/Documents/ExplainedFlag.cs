using System.Text.Json.Serialization;

namespace GatewayMesh.Admin.Documents;

/// <summary>An evaluated feature flag of the policy of a call.</summary>
public sealed record ExplainedFlag
{
    /// <summary>Name of the flag.</summary>
    public string Flag { get; set; } = "";

    /// <summary>True if the flag is on for the request; the items after it are not evaluated.</summary>
    public bool On { get; set; }

    /// <summary>Reason of the decision: <c>filters</c>, <c>no_filters</c>, <c>disabled</c>, <c>unknown</c>, or <c>failed</c>.</summary>
    public string Reason { get; set; } = "";

    /// <summary>User of the request; absent if the request names none, or the flag does not depend on users.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? User { get; set; }

    /// <summary>Differences while the flag is on.</summary>
    public string Change { get; set; } = "";
}
