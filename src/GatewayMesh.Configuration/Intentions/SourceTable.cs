using System.Collections.Frozen;
using GatewayMesh.Configuration.Entries;

namespace GatewayMesh.Configuration.Intentions;

/// <summary>Intentions of one destination by source. A source is a name in a certificate, so case counts.</summary>
internal sealed class SourceTable(IEnumerable<IntentionRule> rules)
{
    private readonly FrozenDictionary<string, IntentionRule> _named = rules.Where(
        rule => rule.Source != IntentionSource.All).ToFrozenDictionary(
        rule => rule.Source, StringComparer.Ordinal);
    private readonly IntentionRule? _all = rules.FirstOrDefault(rule => rule.Source == IntentionSource.All);

    /// <summary>Intention for <paramref name="source"/>: an exact source before the wildcard.</summary>
    public IntentionRule? Find(string source) => _named.GetValueOrDefault(source) ?? _all;

    /// <summary>Intention of the wildcard source.</summary>
    public IntentionRule? All => _all;
}
