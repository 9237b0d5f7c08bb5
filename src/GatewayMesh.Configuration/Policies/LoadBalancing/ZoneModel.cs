namespace GatewayMesh.Configuration.Policies.LoadBalancing;

/// <summary>
/// Instances in the zone of this node go before others. While fewer than <see cref="SpillBelow"/> of the zone's instances are usable, it keeps
/// <c>usable share ÷ spillBelow</c> of the requests and the rest spills over to the other zones (the over-provisioning of Envoy's priorities, 1.4 there).
/// </summary>
public sealed record ZoneModel
{
    /// <summary>The defaults.</summary>
    public static ZoneModel Default { get; } = new();

    /// <summary>Whether zones are looked at. Without effect while this node or the instances have none. Default: true.</summary>
    public bool First { get; init; } = true;

    /// <summary>Share of the zone's instances that must be usable for it to keep all requests, above 0 to 1. Default: 0.7.</summary>
    public double SpillBelow { get; init; } = 0.7;

    internal ZoneModel Under(ZoneEntry entry) => this with { First = entry.First ?? First, SpillBelow = entry.SpillBelow ?? SpillBelow };
}
