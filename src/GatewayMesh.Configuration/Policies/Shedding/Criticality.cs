namespace GatewayMesh.Configuration.Policies.Shedding;

/// <summary>How much a request matters when there is not room for all.</summary>
public enum Criticality
{
    /// <summary>Refused first (<c>sheddable</c>): prefetches, batches, what is asked again anyway.</summary>
    Sheddable,

    /// <summary>What a request is that does not say (<c>default</c>).</summary>
    Default,

    /// <summary>Refused last (<c>critical</c>): health probes, payments.</summary>
    Critical,
}
