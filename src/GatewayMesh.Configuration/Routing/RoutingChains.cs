using System.Collections.Concurrent;
using System.Collections.Immutable;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Policies;

namespace GatewayMesh.Configuration.Routing;

/// <summary>
/// The chains of one set of entries, compiled on demand and once. Validation, the watches of a registry, and every snapshot of the set use
/// the same chains; a chain whose entries are unchanged is taken over from the set before. Safe for concurrent use.
/// </summary>
public sealed class RoutingChains
{
    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<(string Service, string Subset, string Datacenter), CompiledChain> _chains = [];
    private readonly ConcurrentDictionary<(string Service, string Subset, string Datacenter), CompiledChain>? _earlier;
    private readonly Lazy<ImmutableArray<ChainError>> _errors;
    private int _compilations;

    internal RoutingChains(EntrySet entries, RoutingChains? earlier)
    {
        Entries = entries;
        Index = new RoutingIndex(entries);
        Names = NamesOf(entries);
        _earlier = earlier?._chains;
        _errors = new Lazy<ImmutableArray<ChainError>>(FindErrors);
    }

    /// <summary>Names with routing entries; every other name leads directly to its own instances.</summary>
    public ImmutableArray<string> Names { get; }

    /// <summary>The errors of all chains, and of references of policies, each once. Errors do not depend on the local datacenter.</summary>
    public ImmutableArray<ChainError> Errors => _errors.Value;

    /// <summary>Number of chains compiled for this set so far; the others were taken over.</summary>
    public int Compilations => Volatile.Read(ref _compilations);

    /// <summary>Entries of the chains.</summary>
    internal EntrySet Entries { get; }

    /// <summary>The routing entries by name.</summary>
    internal RoutingIndex Index { get; }

    /// <summary>Returns the chain of <paramref name="service"/> for a node in <paramref name="datacenter"/>.</summary>
    internal CompiledChain Find(string service, string datacenter) => FindSubset(service, "", datacenter);

    /// <summary>
    /// Returns the chain of a subset, its target with failover, for a node in <paramref name="datacenter"/>; an empty subset means the
    /// service's name.
    /// </summary>
    internal CompiledChain FindSubset(string service, string subset, string datacenter)
    {
        var chain = Compiled(service, subset, CompiledChain.Home);
        return chain.Fits(datacenter) ? chain : Compiled(service, subset, datacenter);
    }

    private CompiledChain Compiled(string service, string subset, string datacenter)
    {
        var key = (service, subset, datacenter);
        if (_chains.TryGetValue(key, out var known))
        {
            return known;
        }

        lock (_lock)
        {
            if (!_chains.TryGetValue(key, out known))
            {
                if (_earlier?.TryGetValue(key, out known) != true || !known!.Trace.HoldsIn(Index))
                {
                    known = CompiledChain.Of(Index, service, datacenter, subset);
                    _compilations++;
                }

                _chains[key] = known;
            }
        }

        return known;
    }

    private ImmutableArray<ChainError> FindErrors() =>
    [
        .. Names.Select(name => Compiled(name, "", CompiledChain.Home).Error)
            .OfType<ChainError>()
            .Concat(PolicyReferences.Errors(Entries, Index))
            .DistinctBy(error => (error.At, error.Path, error.Message)),
    ];

    private static ImmutableArray<string> NamesOf(EntrySet entries) =>
    [
        .. entries.ServiceRouters.Select(entry => entry.Name)
            .Concat(entries.ServiceSplitters.Select(entry => entry.Name))
            .Concat(entries.ServiceResolvers.Select(entry => entry.Name))
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .Order(StringComparer.Ordinal),
    ];
}
