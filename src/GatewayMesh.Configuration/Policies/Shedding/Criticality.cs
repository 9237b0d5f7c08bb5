namespace GatewayMesh.Configuration.Policies.Shedding;

/// <summary>Importance of a request under overload.</summary>
public enum Criticality
{
    /// <summary>Refused first (<c>sheddable</c>): prefetches, batches, requests that are repeated anyway.</summary>
    Sheddable,

    /// <summary>A request without a declared criticality (<c>default</c>).</summary>
    Default,

    /// <summary>Refused last (<c>critical</c>): health probes, payments.</summary>
    Critical,
}
