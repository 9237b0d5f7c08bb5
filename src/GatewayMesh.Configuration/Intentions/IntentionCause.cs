namespace GatewayMesh.Configuration.Intentions;

/// <summary>What decided about a call.</summary>
public enum IntentionCause
{
    /// <summary>The intentions could not be read, so nobody may call anybody.</summary>
    Unknown,

    /// <summary>No intention speaks of the two services: the default policy.</summary>
    Default,

    /// <summary>An intention for all requests.</summary>
    Intention,

    /// <summary>A permission of an intention.</summary>
    Permission,

    /// <summary>An intention of whose permissions none matches the request: the default policy.</summary>
    NoPermission,
}
