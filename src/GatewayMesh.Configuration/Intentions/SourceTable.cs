using System.Collections.Frozen;
using GatewayMesh.Configuration.Entries;

namespace GatewayMesh.Configuration.Intentions;

/// <summary>The intentions of one destination by source. A source is a name in a certificate, so case counts.</summary>
internal sealed class SourceTable(IEnumerable<IntentionRule> rules)
{
    private readonly FrozenDictionary<string, IntentionRule> _named = rules.Where(rule => rule.Source != IntentionSource.All).ToFrozenDictionary(rule => rule.Source, StringComparer.Ordinal);
    private readonly IntentionRule? _all = rules.FirstOrDefault(rule => rule.Source == IntentionSource.All);

    /// <summary>The one that speaks of <paramref name="source"/>: its own before that of all.</summary>
    public IntentionRule? Find(string source) => _named.GetValueOrDefault(source) ?? _all;

    /// <summary>The one of all sources.</summary>
    public IntentionRule? All => _all;
}
