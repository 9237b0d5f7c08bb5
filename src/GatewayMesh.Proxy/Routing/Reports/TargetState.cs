namespace GatewayMesh.Proxy.Routing.Reports;

/// <summary>State of a target, which decides whether a failover target is used.</summary>
public enum TargetState
{
    /// <summary>An instance is healthy and not ejected.</summary>
    Well,

    /// <summary>The registry does not watch the instances and is asked when a request arrives.</summary>
    Dormant,

    /// <summary>All healthy instances are ejected.</summary>
    Ejected,

    /// <summary>No instance is healthy.</summary>
    Unhealthy,

    /// <summary>There is no instance.</summary>
    Empty,

    /// <summary>All instances have an address that this node must not dial.</summary>
    Refused,
}
