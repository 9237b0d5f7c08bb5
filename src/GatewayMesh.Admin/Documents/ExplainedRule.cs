namespace GatewayMesh.Admin.Documents;

/// <summary>A rule of a router.</summary>
public sealed record ExplainedRule
{
    /// <summary>Name of the router, or of the route that declares the rule, such as <c>HTTPRoute shop/api</c>.</summary>
    public string Router { get; set; } = "";

    /// <summary>Index of the rule in the router or route, from 0.</summary>
    public int Rule { get; set; }

    /// <summary>Conditions of the rule.</summary>
    public string Asks { get; set; } = "";

    /// <summary>True if the rule matches.</summary>
    public bool Matches { get; set; }

    /// <summary>Condition that does not hold, or null.</summary>
    public string? Fails { get; set; }
}
