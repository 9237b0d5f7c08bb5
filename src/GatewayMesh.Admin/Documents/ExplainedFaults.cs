using System.Collections.Immutable;

namespace GatewayMesh.Admin.Documents;

/// <summary>The faults of the policy of a call.</summary>
public sealed record ExplainedFaults
{
    /// <summary>False if this node ignores faults, because <c>allowFaults</c> is false in its bootstrap.</summary>
    public bool Allowed { get; set; }

    /// <summary>The faults, in the order in which they are tried.</summary>
    public ImmutableArray<ExplainedFault> Rules { get; set; } = [];
}
