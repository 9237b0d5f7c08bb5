namespace GatewayMesh.Registry.Consul.Registration;

/// <summary>Keys of the pairs that a registration of ours carries beside the user's own. Readers leave them out of what they show.</summary>
internal static class MetaKeys
{
    /// <summary>What they all begin with.</summary>
    public const string Prefix = "gatewaymesh-";

    /// <summary>Name of the node that registered it: whose it is.</summary>
    public const string Node = "gatewaymesh-node";

    /// <summary>Role of that node: a gateway and a sidecar of one host may bear one name.</summary>
    public const string Role = "gatewaymesh-role";

    /// <summary>Gateway: the group of services that it serves.</summary>
    public const string Group = "gatewaymesh-group";

    /// <summary>Gateway: <c>HOST:PORT</c> of its listener for guards' tunnels.</summary>
    public const string Tunnel = "gatewaymesh-tunnel";

    /// <summary>Zone of that node; absent while it has none.</summary>
    public const string Zone = "gatewaymesh-zone";
}
