using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Entries.Resolvers;

namespace GatewayMesh.Configuration.Routing;

/// <summary>
/// Compiles entries to the route of a name, exactly as Consul's discovery chain does (Consul,
/// <c>agent/consul/discoverychain/compile.go</c>): only the router of the requested name applies, a catch-all follows its routes, redirects
/// and default subsets are resolved, nested splitters are flattened, failover to the target itself is dropped, and the whole chain has one
/// protocol.
/// </summary>
/// <param name="entries">Entries to compile.</param>
/// <param name="datacenter">Local datacenter.</param>
/// <param name="targets">Creates a target; called once per target.</param>
public sealed class ChainCompiler(EntrySet entries, string datacenter, Func<TargetKey, SubsetEntry?, TargetModel> targets)
{
    private readonly RoutingChains _chains = entries.Chains;
    private readonly Dictionary<TargetKey, TargetModel> _targets = [];

    /// <summary>Targets of all chains compiled so far.</summary>
    public IEnumerable<TargetModel> Targets => _targets.Values;

    /// <summary>Creates a target that has no instances yet.</summary>
    public static TargetModel Bare(TargetKey key, SubsetEntry? subset) =>
        new(key.Id, key.Service, key.Subset, key.Datacenter) { Filter = subset?.Filter ?? "", OnlyPassing = subset?.OnlyPassing ?? false };

    /// <summary>Compiles the chain of <paramref name="service"/>; null with an error when the entries are contradictory.</summary>
    public Chain? Compile(string service, out ChainError? error)
    {
        ArgumentNullException.ThrowIfNull(service);
        var chain = _chains.Find(service, datacenter);
        error = chain.Error;
        return chain.Start is null ? null : new Chain(service, chain.Protocol, new ChainBuilder(datacenter, Target).Build(chain.Start));
    }

    /// <summary>Compiles the chain of a subset: its target with failover; null when the entries are contradictory.</summary>
    public ResolverNode? CompileSubset(string service, string subset) =>
        _chains.FindSubset(service, subset, datacenter).Start is { } start
            ? new ChainBuilder(datacenter, Target).Build(start) as ResolverNode
            : null;

    /// <summary>Adds a subset that a policy names to the targets, and returns the ID of its target.</summary>
    public string Include(string service, string subset) => Target(new TargetKey(service, subset, datacenter)).Id;

    /// <summary>Returns the target of all instances of a service in the local datacenter, whatever its routes are.</summary>
    internal TargetModel Whole(string service) => Target(new TargetKey(service, "", datacenter));

    private TargetModel Target(TargetKey key)
    {
        if (!_targets.TryGetValue(key, out var target))
        {
            _targets[key] = target = targets(
                key, key.Subset.Length > 0 ? _chains.Index.Resolver(key.Service)?.Subsets.GetValueOrDefault(key.Subset) : null);
        }

        return target;
    }
}
