using System.Collections.Immutable;

namespace GatewayMesh.Configuration.Entries;

/// <summary>All intentions of a registry, and what is true where none of them speaks.</summary>
/// <param name="Entries">The intentions by destination.</param>
/// <param name="Default">What the registry says of calls for which there is no intention; null: it has no word of its own, and the intention <c>*</c> → <c>*</c> says it, else they are allowed.</param>
public sealed record DeclaredIntentions(ImmutableArray<ServiceIntentionsEntry> Entries, IntentionAction? Default)
{
    /// <summary>No intentions, so that everything is allowed.</summary>
    public static DeclaredIntentions None { get; } = new([], null);

    /// <summary>What was left aside, and why: one sentence each.</summary>
    public ImmutableArray<string> Notes { get; init; } = [];
}
