namespace GatewayMesh.Configuration.Policies.LoadBalancing;

/// <summary>Source of a hashed value.</summary>
public enum HashSource
{
    /// <summary>A header field.</summary>
    Header,

    /// <summary>A cookie.</summary>
    Cookie,

    /// <summary>A query parameter.</summary>
    Query,

    /// <summary>
    /// The client address: the address seen by the edge (the first of <c>X-Forwarded-For</c>) where trusted, else the peer's address.
    /// </summary>
    Source,
}
