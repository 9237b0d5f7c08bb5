using System.Globalization;

namespace GatewayMesh.Configuration.Intentions;

/// <summary>Decision about a call, with its cause.</summary>
/// <param name="Allowed">True if the call is allowed.</param>
/// <param name="Cause">Cause of the decision.</param>
/// <param name="Rule">Intention that decided, or whose permissions did not match; null if none applies.</param>
/// <param name="Permission">Index of the permission that decided, from 0; −1 for none.</param>
public readonly record struct IntentionDecision(bool Allowed, IntentionCause Cause, IntentionRule? Rule = null, int Permission = -1)
{
    /// <summary>Cause in words, such as <c>the intention web → payments (precedence 9)</c>.</summary>
    public string Because => Cause switch
    {
        IntentionCause.Unknown => "unknown intentions: they could not be read yet, so that nothing is allowed",
        IntentionCause.Default => $"the default policy ({Word}): no intention matches the two services",
        IntentionCause.NoToken => $"no token that {Name} requires",
        IntentionCause.NoPermission => $"the default policy ({Word}): no permission of {Name} matches the request",
        IntentionCause.Permission => string.Create(CultureInfo.InvariantCulture, $"permission {Permission} of {Name}"),
        _ => Name,
    };

    private string Name => $"the intention {Rule}";

    private string Word => Allowed ? "allow" : "deny";
}
