using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Matching;

namespace GatewayMesh.Configuration.Intentions;

/// <summary>Who may call whom. Immutable; a look-up parses and allocates nothing.</summary>
public sealed class IntentionTable
{
    // Endpoints change all the time and intentions seldom; expressions are not compiled anew for each snapshot.
    private static readonly ConditionalWeakTable<DeclaredIntentions, IntentionTable> Compiled = [];

    private readonly FrozenDictionary<string, SourceTable> _destinations;
    private readonly SourceTable? _all;

    private IntentionTable(ImmutableArray<IntentionRule> rules, bool isKnown, bool allowsByDefault, string revision)
    {
        Rules = rules;
        IsKnown = isKnown;
        AllowsByDefault = allowsByDefault;
        Revision = revision;
        _destinations = rules.Where(rule => rule.Destination != IntentionSource.All)
            .GroupBy(rule => rule.Destination, StringComparer.OrdinalIgnoreCase)
            .ToFrozenDictionary(group => group.Key, group => new SourceTable(group), StringComparer.OrdinalIgnoreCase);
        _all = rules.Where(rule => rule.Destination == IntentionSource.All).ToList() is { Count: > 0 } toAll ? new SourceTable(toAll) : null;
    }

    /// <summary>Nobody knows them: nothing is allowed.</summary>
    public static IntentionTable Unknown { get; } = new([], isKnown: false, allowsByDefault: false, "unknown");

    /// <summary>Whether they could be read, now or earlier.</summary>
    public bool IsKnown { get; }

    /// <summary>Whether a call is allowed of which no intention speaks, or of whose intention's permissions none matches the request.</summary>
    public bool AllowsByDefault { get; }

    /// <summary>Digest of the content: equal content, equal revision.</summary>
    public string Revision { get; }

    /// <summary>All intentions: the highest precedence first, then by destination and source.</summary>
    public ImmutableArray<IntentionRule> Rules { get; }

    /// <summary>What was left aside, and why. Not part of the revision.</summary>
    public ImmutableArray<string> Notes { get; private init; } = [];

    /// <summary>The table of <paramref name="declared"/>; null: they could not be read.</summary>
    public static IntentionTable Of(DeclaredIntentions? declared) => declared is null ? Unknown : Compiled.GetValue(declared, Compile);

    /// <summary>
    /// The intention that speaks of the two, or null: an exact destination goes before <c>*</c>, and within it an exact source before <c>*</c>. The source is compared
    /// as it stands in the certificate, the destination without regard to case.
    /// </summary>
    public IntentionRule? Find(string source, string destination) => _destinations.GetValueOrDefault(destination)?.Find(source) ?? _all?.Find(source);

    /// <summary>Whether <paramref name="source"/> may make this request of <paramref name="destination"/>.</summary>
    /// <param name="source">The calling service, as its certificate says.</param>
    /// <param name="destination">The service that is called.</param>
    /// <param name="request">The request; looked at when the intention has permissions.</param>
    public IntentionDecision Decide(string source, string destination, IRequestFacts request) =>
        !IsKnown ? new IntentionDecision(false, IntentionCause.Unknown)
        : Find(source, destination) is { } rule ? rule.Decide(request, AllowsByDefault)
        : new IntentionDecision(AllowsByDefault, IntentionCause.Default);

    private static IntentionTable Compile(DeclaredIntentions declared)
    {
        // Destinations are host names too and have no case: of two that differ in case only, the one that denies stays. Sources are names in certificates, where case counts.
        ImmutableArray<IntentionRule> rules =
        [
            .. declared.Entries.SelectMany(entry => entry.Sources.Select(source => new IntentionRule(entry.Name, source)))
                .OrderByDescending(rule => rule.Precedence)
                .ThenBy(rule => rule.Destination, StringComparer.Ordinal)
                .ThenBy(rule => rule.Source, StringComparer.Ordinal)
                .GroupBy(rule => (rule.Destination.ToLowerInvariant(), rule.Source))
                .Select(group => group.FirstOrDefault(rule => rule.Declared.Action == IntentionAction.Deny) ?? group.First()),
        ];
        var allowsByDefault = (declared.Default ?? rules.FirstOrDefault(rule => rule.Precedence == 5)?.Declared.Action ?? IntentionAction.Allow) == IntentionAction.Allow;
        return new IntentionTable(rules, isKnown: true, allowsByDefault, IntentionDigest.Of(rules, allowsByDefault)) { Notes = declared.Notes };
    }
}
