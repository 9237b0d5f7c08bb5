namespace GatewayMesh.Configuration.Policies.RateLimiting;

/// <summary>Part of a request by which a rate limit counts.</summary>
public enum RateLimitKeySource
{
    /// <summary><c>source</c>: the calling service.</summary>
    Source,

    /// <summary><c>address</c>: the address of the client; an IPv6 address counts as its /64 network.</summary>
    Address,

    /// <summary><c>path</c>: the path without its query, in the form in which routes read it.</summary>
    Path,

    /// <summary><c>method</c>: the method.</summary>
    Method,

    /// <summary><c>header:NAME</c>: a header field.</summary>
    Header,

    /// <summary><c>claim:NAME</c>: a verified claim.</summary>
    Claim,
}
