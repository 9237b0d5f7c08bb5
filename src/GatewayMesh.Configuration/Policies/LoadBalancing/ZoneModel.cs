namespace GatewayMesh.Configuration.Policies.LoadBalancing;

/// <summary>
/// Instances in the zone of this node are preferred. While fewer than <see cref="SpillBelow"/> of the zone's instances are usable, the zone
/// keeps <c>usable share ÷ spillBelow</c> of the requests and the rest spills over to other zones (like the over-provisioning of Envoy's
/// priorities, with a factor of 1.4 there).
/// </summary>
public sealed record ZoneModel
{
    /// <summary>The defaults.</summary>
    public static ZoneModel Default { get; } = new();

    /// <summary>True to prefer the local zone. Has no effect if this node or the instances have no zone. Default: true.</summary>
    public bool First { get; init; } = true;

    /// <summary>Minimum share of usable local instances for the zone to keep all requests, above 0 to 1. Default: 0.7.</summary>
    public double SpillBelow { get; init; } = 0.7;

    internal ZoneModel Under(ZoneEntry entry) => this with { First = entry.First ?? First, SpillBelow = entry.SpillBelow ?? SpillBelow };
}
