namespace GatewayMesh.Configuration.Policies.RateLimiting;

/// <summary>Nodes over which a rate limit holds.</summary>
public enum RateLimitScope
{
    /// <summary><c>node</c>: each node admits the whole rate.</summary>
    Node,

    /// <summary><c>mesh</c>: all nodes together admit the rate.</summary>
    Mesh,
}
