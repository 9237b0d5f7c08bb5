namespace GatewayMesh.Configuration.Bootstrap;

/// <summary>Client certificate mode of a public listener.</summary>
public enum ClientCertificates
{
    /// <summary>No client certificate is requested. The default.</summary>
    None,

    /// <summary>A client certificate is requested; a presented certificate must be valid.</summary>
    Optional,

    /// <summary>A valid client certificate is required.</summary>
    Required,
}
