namespace GatewayMesh.Configuration.Policies.LoadBalancing;

/// <summary>What of a request is hashed.</summary>
public enum HashSource
{
    /// <summary>A header field.</summary>
    Header,

    /// <summary>A cookie.</summary>
    Cookie,

    /// <summary>A parameter of the query.</summary>
    Query,

    /// <summary>The address that the request comes from: what the edge saw (the first of <c>X-Forwarded-For</c>) where it is believed, else the peer's.</summary>
    Source,
}
