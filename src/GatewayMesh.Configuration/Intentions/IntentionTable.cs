using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Matching;

namespace GatewayMesh.Configuration.Intentions;

/// <summary>All intentions, compiled. Immutable; a lookup neither parses nor allocates.</summary>
public sealed class IntentionTable
{
    // Endpoints change often and intentions rarely, so expressions are not recompiled for each snapshot.
    private static readonly ConditionalWeakTable<DeclaredIntentions, IntentionTable> Compiled = [];

    private readonly FrozenDictionary<string, SourceTable> _destinations;
    private readonly SourceTable? _all;
    private FrozenDictionary<string, ImmutableArray<string>> _providers = FrozenDictionary<string, ImmutableArray<string>>.Empty;

    private IntentionTable(ImmutableArray<IntentionRule> rules, bool isKnown, bool allowsByDefault, string revision)
    {
        Rules = rules;
        IsKnown = isKnown;
        AllowsByDefault = allowsByDefault;
        Revision = revision;
        _destinations = rules.Where(rule => rule.Destination != IntentionSource.All)
            .GroupBy(rule => rule.Destination, StringComparer.OrdinalIgnoreCase)
            .ToFrozenDictionary(group => group.Key, group => new SourceTable(group), StringComparer.OrdinalIgnoreCase);
        _all = rules.Where(rule => rule.Destination == IntentionSource.All).ToList() is { Count: > 0 } toAll
            ? new SourceTable(toAll)
            : null;
    }

    /// <summary>Unknown intentions: no call is allowed.</summary>
    public static IntentionTable Unknown { get; } = new([], isKnown: false, allowsByDefault: false, "unknown");

    /// <summary>True if the intentions were read, now or earlier.</summary>
    public bool IsKnown { get; }

    /// <summary>
    /// True if a call is allowed when no intention matches, or no permission of the matching intention matches the request.
    /// </summary>
    public bool AllowsByDefault { get; }

    /// <summary>Digest of the content; equal content has an equal revision.</summary>
    public string Revision { get; }

    /// <summary>All intentions: highest precedence first, then by destination and source.</summary>
    public ImmutableArray<IntentionRule> Rules { get; }

    /// <summary>Ignored entries with the reason. Not part of the revision.</summary>
    public ImmutableArray<string> Notes { get; private init; } = [];

    /// <summary>Compiles <paramref name="declared"/>; null: the intentions could not be read.</summary>
    public static IntentionTable Of(DeclaredIntentions? declared) => declared is null ? Unknown : Compiled.GetValue(declared, Compile);

    /// <summary>
    /// Returns the matching intention, or null: an exact destination goes before <c>*</c>, then an exact source before <c>*</c>. The source
    /// is compared exactly as in the certificate, the destination without regard to case.
    /// </summary>
    public IntentionRule? Find(string source, string destination) =>
        _destinations.GetValueOrDefault(destination)?.Find(source) ?? _all?.Find(source);

    /// <summary>Returns the names of the jwt-provider entries whose tokens matter for calls of <paramref name="destination"/>.</summary>
    public ImmutableArray<string> ProvidersOf(string destination) => _providers.Count == 0 ? []
        : _providers.TryGetValue(destination, out var names) ? names
        : _providers.GetValueOrDefault(IntentionSource.All, []);

    /// <summary>Decides whether <paramref name="source"/> may send this request to <paramref name="destination"/>.</summary>
    /// <param name="source">Calling service, as named by its certificate.</param>
    /// <param name="destination">Called service.</param>
    /// <param name="request">Request, inspected when the intention has permissions.</param>
    public IntentionDecision Decide(string source, string destination, IRequestFacts request) =>
        !IsKnown ? new IntentionDecision(false, IntentionCause.Unknown)
        : Find(source, destination) is { } rule ? rule.Decide(request, AllowsByDefault)
        : new IntentionDecision(AllowsByDefault, IntentionCause.Default);

    private static IntentionTable Compile(DeclaredIntentions declared)
    {
        // Destinations are also host names and have no case: of two that differ only in case, the denying intention stays. Sources are
        // names in certificates, where case counts.
        ImmutableArray<IntentionRule> rules =
        [
            .. declared.Entries.SelectMany(entry => entry.Sources.Select(source => new IntentionRule(entry.Name, source, entry.Jwt)))
                .OrderByDescending(rule => rule.Precedence)
                .ThenBy(rule => rule.Destination, StringComparer.Ordinal)
                .ThenBy(rule => rule.Source, StringComparer.Ordinal)
                .GroupBy(rule => (rule.Destination.ToLowerInvariant(), rule.Source))
                .Select(group => group.FirstOrDefault(rule => rule.Declared.Action == IntentionAction.Deny) ?? group.First()),
        ];
        var allowsByDefault = (
            declared.Default
                ?? rules.FirstOrDefault(rule => rule.Precedence == 5)?.Declared.Action
                ?? IntentionAction.Allow) == IntentionAction.Allow;
        return new IntentionTable(
            rules, isKnown: true, allowsByDefault, IntentionDigest.Of(rules, allowsByDefault))
        {
            Notes = declared.Notes,
            _providers = ProvidersOf(declared),
        };
    }

    // A caller without its own source at a destination is subject to the intentions for all destinations.
    private static FrozenDictionary<string, ImmutableArray<string>> ProvidersOf(DeclaredIntentions declared)
    {
        var forAll = declared.Entries.Where(entry => entry.Name == IntentionSource.All).SelectMany(entry => entry.Providers).ToList();
        return declared.Entries.Where(entry => entry.Providers.Any())
            .GroupBy(entry => entry.Name, StringComparer.OrdinalIgnoreCase)
            .ToFrozenDictionary(
                group => group.Key,
                group => group.SelectMany(entry => entry.Providers).Concat(forAll).Distinct(StringComparer.Ordinal).ToImmutableArray(),
                StringComparer.OrdinalIgnoreCase);
    }
}
