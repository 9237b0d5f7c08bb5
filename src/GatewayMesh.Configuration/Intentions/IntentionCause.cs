namespace GatewayMesh.Configuration.Intentions;

/// <summary>Cause of a decision about a call.</summary>
public enum IntentionCause
{
    /// <summary>The intentions could not be read, so no call is allowed.</summary>
    Unknown,

    /// <summary>No intention matches the two services; the default policy decides.</summary>
    Default,

    /// <summary>An intention with a single action.</summary>
    Intention,

    /// <summary>A permission of an intention.</summary>
    Permission,

    /// <summary>The request lacks the token that the intentions of the service require.</summary>
    NoToken,

    /// <summary>No permission of the matching intention matches the request; the default policy decides.</summary>
    NoPermission,
}
