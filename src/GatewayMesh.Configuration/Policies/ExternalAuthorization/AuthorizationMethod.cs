namespace GatewayMesh.Configuration.Policies.ExternalAuthorization;

/// <summary>Method of the question to an authorization service.</summary>
public enum AuthorizationMethod
{
    /// <summary>GET, as nginx and Traefik ask.</summary>
    Get,

    /// <summary>POST.</summary>
    Post,

    /// <summary>The method of the request.</summary>
    Same,
}
