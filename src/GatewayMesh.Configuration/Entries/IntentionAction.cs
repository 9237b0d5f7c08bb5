namespace GatewayMesh.Configuration.Entries;

/// <summary>What an intention, or one of its permissions, says.</summary>
public enum IntentionAction
{
    /// <summary>The call is refused.</summary>
    Deny,

    /// <summary>The call may be made.</summary>
    Allow,
}
