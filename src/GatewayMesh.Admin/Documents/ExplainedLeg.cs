namespace GatewayMesh.Admin.Documents;

/// <summary>A share of a splitter.</summary>
public sealed record ExplainedLeg
{
    /// <summary>Share, in percent.</summary>
    public decimal Percent { get; set; }

    /// <summary>Name of the next node.</summary>
    public string To { get; set; } = "";

    /// <summary>True if the example sample takes this share.</summary>
    public bool Drawn { get; set; }
}
