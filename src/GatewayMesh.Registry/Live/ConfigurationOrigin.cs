namespace GatewayMesh.Registry.Live;

/// <summary>Source of the configuration in use.</summary>
public enum ConfigurationOrigin
{
    /// <summary>No configuration yet.</summary>
    None,

    /// <summary>The disk. The registry has not answered since the start.</summary>
    Store,

    /// <summary>The registry.</summary>
    Registry,
}
