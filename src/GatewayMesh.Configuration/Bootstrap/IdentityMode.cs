namespace GatewayMesh.Configuration.Bootstrap;

/// <summary>Identification of peers.</summary>
public enum IdentityMode
{
    /// <summary>Peers are not identified. The source of a request is used for telemetry, never for permissions.</summary>
    Plaintext,

    /// <summary>Peers are identified by certificates, in both directions.</summary>
    Mtls,
}
