namespace GatewayMesh.Admin.Documents;

/// <summary>A fault that the policy of the call injects.</summary>
public sealed record ExplainedFault
{
    /// <summary>Name of the rule.</summary>
    public string Name { get; set; } = "";

    /// <summary>Share of the matching requests, 0 to 1.</summary>
    public double Share { get; set; }

    /// <summary>True if the rule is about this request: its source and field match.</summary>
    public bool Matches { get; set; }

    /// <summary>The fault as text: <c>delay 100ms, abort 503</c>.</summary>
    public string Effect { get; set; } = "";
}
