namespace GatewayMesh.Registry.Live;

/// <summary>Where the configuration in use comes from.</summary>
public enum ConfigurationOrigin
{
    /// <summary>There is none yet.</summary>
    None,

    /// <summary>From the disk: the registry has not answered since the start.</summary>
    Store,

    /// <summary>From the registry.</summary>
    Registry,
}
