namespace GatewayMesh.Registry;

/// <summary>One concern of a registry. The name identifies the registry in errors.</summary>
public interface IRegistryPart
{
    /// <summary>Display name, such as <c>file:/etc/gatewaymesh/registry</c>.</summary>
    string Name { get; }
}
