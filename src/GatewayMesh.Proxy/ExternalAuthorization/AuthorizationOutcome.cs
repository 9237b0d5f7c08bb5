namespace GatewayMesh.Proxy.ExternalAuthorization;

/// <summary>Meaning of an authorization service's answer. Also the label <c>outcome</c> of the metric.</summary>
internal enum AuthorizationOutcome
{
    /// <summary>The request passes.</summary>
    Allowed,

    /// <summary>The request is refused.</summary>
    Denied,

    /// <summary>There is no answer: unreachable, too slow, too busy, or not valid.</summary>
    Unavailable,
}
