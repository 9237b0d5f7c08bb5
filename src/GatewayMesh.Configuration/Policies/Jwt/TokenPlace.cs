namespace GatewayMesh.Configuration.Policies.Jwt;

/// <summary>Part of a request that a token is read from.</summary>
public enum TokenPlace
{
    /// <summary>A header field.</summary>
    Header,

    /// <summary>A query parameter (RFC 6750 §2.3).</summary>
    Query,

    /// <summary>A cookie.</summary>
    Cookie,
}
