namespace GatewayMesh.Configuration.Entries;

/// <summary>Action of an intention or permission.</summary>
public enum IntentionAction
{
    /// <summary>The call is denied.</summary>
    Deny,

    /// <summary>The call is allowed.</summary>
    Allow,
}
