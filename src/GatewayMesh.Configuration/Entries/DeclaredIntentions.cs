using System.Collections.Immutable;

namespace GatewayMesh.Configuration.Entries;

/// <summary>All intentions of a registry, with the registry's default.</summary>
/// <param name="Entries">The intentions by destination.</param>
/// <param name="Default">The registry's default for calls without an intention. Null if the registry has no default: the intention <c>*</c>
/// → <c>*</c> then decides, else calls are allowed.</param>
public sealed record DeclaredIntentions(ImmutableArray<ServiceIntentionsEntry> Entries, IntentionAction? Default)
{
    /// <summary>No intentions; all calls are allowed.</summary>
    public static DeclaredIntentions None { get; } = new([], null);

    /// <summary>Ignored entries with the reason: one sentence each.</summary>
    public ImmutableArray<string> Notes { get => field.IsDefault ? [] : field; init; } = [];
}
