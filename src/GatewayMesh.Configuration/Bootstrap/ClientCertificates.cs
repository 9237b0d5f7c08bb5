namespace GatewayMesh.Configuration.Bootstrap;

/// <summary>Whether the clients of a public listener show a certificate.</summary>
public enum ClientCertificates
{
    /// <summary>They are not asked for one. The default.</summary>
    None,

    /// <summary>They are asked; one that is shown must be good.</summary>
    Optional,

    /// <summary>Without a good one there is no connection.</summary>
    Required,
}
