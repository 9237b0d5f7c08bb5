namespace GatewayMesh.Proxy.Resilience;

/// <summary>Names of the mesh's own header fields. All are removed from what applications and the outside send.</summary>
public static class MeshHeaders
{
    /// <summary>What every one of them begins with.</summary>
    public const string Prefix = "gatewaymesh-";

    /// <summary>Attempts begun for this request by any layer, this one included: 1 for the first.</summary>
    public const string Attempt = "gatewaymesh-attempt";

    /// <summary>Proxies of the mesh that the request has passed.</summary>
    public const string Hops = "gatewaymesh-hops";

    /// <summary>Time left for the request, in milliseconds.</summary>
    public const string TimeoutMs = "gatewaymesh-timeout-ms";

    /// <summary>The caller: its id where there are certificates, else its service. Believed as far as its bearer is.</summary>
    public const string Source = "gatewaymesh-source";

    /// <summary>The service that is called, when a gateway carries the request.</summary>
    public const string Destination = "gatewaymesh-destination";

    /// <summary><c>sidecar</c>: the caller has found every sidecar of the callee broken, and asks a gateway to go past them.</summary>
    public const string Bypass = "gatewaymesh-bypass";

    /// <summary>To a gateway that carries the request: its lot at splitters, 16 hexadecimal digits, so that the gateway chooses the same way.</summary>
    public const string Draw = "gatewaymesh-draw";

    /// <summary>How much the request matters: <c>critical</c>, <c>default</c> or <c>sheddable</c>. Believed from applications too.</summary>
    public const string Criticality = "gatewaymesh-criticality";

    /// <summary>Response: the node that answered the live path.</summary>
    public const string Node = "gatewaymesh-node";

    /// <summary>A request that has passed this many proxies goes no further.</summary>
    public const int MaxHops = 8;

    /// <summary>True for a field name of the mesh, also with <c>_</c> for <c>-</c>: an application that reads fields as variables cannot tell the two apart.</summary>
    public static bool IsMeshHeader(string name) =>
        name.Length >= Prefix.Length
        && name[Prefix.Length - 1] is '-' or '_'
        && name.AsSpan(0, Prefix.Length - 1).Equals(Prefix.AsSpan(0, Prefix.Length - 1), StringComparison.OrdinalIgnoreCase);
}
