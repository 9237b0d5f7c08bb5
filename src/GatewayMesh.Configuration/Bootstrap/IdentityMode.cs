namespace GatewayMesh.Configuration.Bootstrap;

/// <summary>How peers are known.</summary>
public enum IdentityMode
{
    /// <summary>Not at all: the source of a request is telemetry, never permission.</summary>
    Plaintext,

    /// <summary>By certificate, both ways.</summary>
    Mtls,
}
