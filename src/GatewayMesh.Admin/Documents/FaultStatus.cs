using System.Collections.Immutable;

namespace GatewayMesh.Admin.Documents;

/// <summary>Services whose policy has faults, and whether this node injects them.</summary>
public sealed record FaultStatus : DocumentPart
{
    /// <summary>False if this node ignores faults, because <c>allowFaults</c> is false in its bootstrap.</summary>
    public bool Allowed { get; set; }

    /// <summary>Names of the services, at most 100.</summary>
    public ImmutableArray<string> Services { get; set; } = [];
}
