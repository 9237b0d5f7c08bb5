namespace GatewayMesh.Proxy.Routing.Reports;

/// <summary>How a target stands, which decides whether a failover target is taken.</summary>
public enum TargetState
{
    /// <summary>An instance is healthy and not ejected.</summary>
    Well,

    /// <summary>The registry does not look at its instances, and is asked when a request comes.</summary>
    Dormant,

    /// <summary>Every healthy instance is ejected.</summary>
    Ejected,

    /// <summary>No instance is healthy.</summary>
    Unhealthy,

    /// <summary>There is no instance.</summary>
    Empty,

    /// <summary>Every instance has an address that this node never dials.</summary>
    Refused,
}
