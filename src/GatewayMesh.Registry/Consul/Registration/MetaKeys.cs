namespace GatewayMesh.Registry.Consul.Registration;

/// <summary>Metadata keys that the mesh adds to its registrations, next to the user's own. Readers hide these keys.</summary>
internal static class MetaKeys
{
    /// <summary>Common prefix of all keys.</summary>
    public const string Prefix = "gatewaymesh-";

    /// <summary>Name of the registering node, the owner.</summary>
    public const string Node = "gatewaymesh-node";

    /// <summary>Role of that node. A gateway and a sidecar on one host may have the same name.</summary>
    public const string Role = "gatewaymesh-role";

    /// <summary>Gateway: its service group.</summary>
    public const string Group = "gatewaymesh-group";

    /// <summary>Gateway: <c>HOST:PORT</c> of its tunnel listener for guards.</summary>
    public const string Tunnel = "gatewaymesh-tunnel";

    /// <summary>Zone of that node. Absent for a node without a zone.</summary>
    public const string Zone = "gatewaymesh-zone";
}
