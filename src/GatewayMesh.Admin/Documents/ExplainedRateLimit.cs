using System.Collections.Immutable;

namespace GatewayMesh.Admin.Documents;

/// <summary>A rate limit of a service, and its use at this process.</summary>
public sealed record ExplainedRateLimit
{
    /// <summary>Name of the limit.</summary>
    public string Name { get; set; } = "";

    /// <summary>Parts of a request that have their own bucket.</summary>
    public ImmutableArray<string> By { get; set; } = [];

    /// <summary>Tokens that a bucket gets, such as <c>100/s</c>.</summary>
    public string Rate { get; set; } = "";

    /// <summary>Tokens that a bucket holds.</summary>
    public int Burst { get; set; }

    /// <summary>Nodes over which the limit holds: <c>node</c> or <c>mesh</c>.</summary>
    public string Scope { get; set; } = "";

    /// <summary>Effect: <c>enforce</c> or <c>shadow</c>.</summary>
    public string Mode { get; set; } = "";

    /// <summary>Token buckets of this process.</summary>
    public int Buckets { get; set; }
}
