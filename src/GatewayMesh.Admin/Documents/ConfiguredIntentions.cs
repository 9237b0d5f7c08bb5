using System.Collections.Immutable;

namespace GatewayMesh.Admin.Documents;

/// <summary>The intentions in use.</summary>
public sealed record ConfiguredIntentions
{
    /// <summary>Decision without an intention: <c>allow</c>, <c>deny</c> or <c>unknown</c>.</summary>
    public string Default { get; set; } = "";

    /// <summary>Intentions in order of precedence, one sentence each.</summary>
    public ImmutableArray<string> Rules { get; set; } = [];

    /// <summary>Intentions that were skipped, with the reason.</summary>
    public ImmutableArray<string> Notes { get; set; } = [];
}
