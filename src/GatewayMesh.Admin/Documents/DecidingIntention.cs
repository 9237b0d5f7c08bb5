namespace GatewayMesh.Admin.Documents;

/// <summary>An intention that applies to a call.</summary>
public sealed record DecidingIntention
{
    /// <summary>Source of the intention, or <c>*</c>.</summary>
    public string Source { get; set; } = "";

    /// <summary>Destination of the intention, or <c>*</c>.</summary>
    public string Destination { get; set; } = "";

    /// <summary>Precedence; the highest decides.</summary>
    public int Precedence { get; set; }

    /// <summary><c>allow</c> or <c>deny</c>; null with permissions.</summary>
    public string? Action { get; set; }

    /// <summary>Number of permissions.</summary>
    public int Permissions { get; set; }

    /// <summary>Description, or null.</summary>
    public string? Description { get; set; }
}
