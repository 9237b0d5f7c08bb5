using System.Globalization;

namespace GatewayMesh.Configuration.Intentions;

/// <summary>Whether a call is allowed, and what says so.</summary>
/// <param name="Allowed">Whether it is.</param>
/// <param name="Cause">What decided.</param>
/// <param name="Rule">The intention that decided, or whose permissions did not match; null without one.</param>
/// <param name="Permission">Number of the permission that decided, from 0; −1 for none.</param>
public readonly record struct IntentionDecision(bool Allowed, IntentionCause Cause, IntentionRule? Rule = null, int Permission = -1)
{
    /// <summary>What decided, in words: <c>the intention web → payments (precedence 9)</c>.</summary>
    public string Because => Cause switch
    {
        IntentionCause.Unknown => "intentions that nobody knows: they could not be read yet, and until then nothing is allowed",
        IntentionCause.Default => $"the default policy ({Word}): no intention speaks of the two",
        IntentionCause.NoPermission => $"the default policy ({Word}): no permission of {Name} matches the request",
        IntentionCause.Permission => string.Create(CultureInfo.InvariantCulture, $"permission {Permission} of {Name}"),
        _ => Name,
    };

    private string Name => $"the intention {Rule}";

    private string Word => Allowed ? "allow" : "deny";
}
