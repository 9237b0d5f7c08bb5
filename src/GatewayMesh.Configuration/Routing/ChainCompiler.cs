using System.Collections.Immutable;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Entries.Resolvers;

namespace GatewayMesh.Configuration.Routing;

/// <summary>
/// From entries to the way that a name leads, exactly as Consul's discovery chain has it (Consul, <c>agent/consul/discoverychain/compile.go</c>): the router of the
/// name that is asked for alone, a catch-all behind its routes, redirects and default subsets resolved away, splitters beneath splitters flattened, failover that leads
/// to the target itself dropped, one protocol on the whole way.
/// </summary>
/// <param name="entries">The entries.</param>
/// <param name="datacenter">Where the way begins.</param>
/// <param name="targets">Makes a target; asked once for each.</param>
public sealed class ChainCompiler(EntrySet entries, string datacenter, Func<TargetKey, SubsetEntry?, TargetModel> targets)
{
    private readonly RoutingIndex _index = new(entries);
    private readonly Dictionary<TargetKey, TargetModel> _targets = [];

    /// <summary>The targets of all ways compiled so far.</summary>
    public IEnumerable<TargetModel> Targets => _targets.Values;

    /// <summary>Makes a target that has no instances yet.</summary>
    public static TargetModel Bare(TargetKey key, SubsetEntry? subset) =>
        new(key.Id, key.Service, key.Subset, key.Datacenter) { Filter = subset?.Filter ?? "", OnlyPassing = subset?.OnlyPassing ?? false };

    /// <summary>The names of which entries speak; every other name leads straight to its own instances.</summary>
    public static ImmutableArray<string> Names(EntrySet entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        return
        [
            .. entries.ServiceRouters.Select(entry => entry.Name)
                .Concat(entries.ServiceSplitters.Select(entry => entry.Name))
                .Concat(entries.ServiceResolvers.Select(entry => entry.Name))
                .Distinct(StringComparer.OrdinalIgnoreCase)
                .Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>The way of <paramref name="service"/>, or null when it leads nowhere, and why.</summary>
    public Chain? Compile(string service, out ChainError? error)
    {
        ArgumentNullException.ThrowIfNull(service);
        var walk = new ChainWalk(_index, service, datacenter);
        var start = walk.Run();
        error = walk.Error;
        return start is null ? null : new Chain(service, walk.Protocol, new ChainBuilder(Target).Build(start));
    }

    private TargetModel Target(TargetKey key)
    {
        if (!_targets.TryGetValue(key, out var target))
        {
            _targets[key] = target = targets(key, key.Subset.Length > 0 ? _index.Resolver(key.Service)?.Subsets.GetValueOrDefault(key.Subset) : null);
        }

        return target;
    }
}
