using System.Collections.Immutable;
using System.Globalization;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Configuration.Routing;
using GatewayMesh.Registry.Consul.Catalog;

namespace GatewayMesh.Registry.Consul.Watching;

/// <summary>
/// Watches route targets of needed services that are not whole local services: subsets, whose filter the agent applies, and services of
/// other datacenters. Each target has its own blocking query. Reading a subset once per change of its service would save the connection,
/// but a lost answer would then stay wrong until the next change, and last-good state, hold and silence would need a second implementation.
/// </summary>
/// <param name="most">The maximum number of concurrent watches. Subsets beyond are filtered locally.</param>
/// <param name="context">The state shared by all watches.</param>
internal sealed class TargetWatches(int most, WatchContext context) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<TargetQuery, ServiceWatch> _watches = [];
    private readonly Dictionary<
        (string Service, string Subset, string Datacenter), ImmutableSortedDictionary<string, DiscoveredInstance>> _known =
        [];
    private ImmutableArray<TargetQuery> _wanted = [];
    private (EntrySet Entries, string Datacenter, ImmutableArray<(string Name, ImmutableArray<TargetModel> Targets)> Routes)? _routes;

    /// <summary>True if every local subset has its first answer, so that no request goes to an unknown subset.</summary>
    public bool Settled
    {
        get
        {
            lock (_lock)
            {
                return _watches.All(watch => watch.Key.Datacenter.Length > 0 || watch.Value.Watch.Settled);
            }
        }
    }

    /// <summary>The current errors of the watches.</summary>
    public IEnumerable<string> Errors
    {
        get
        {
            lock (_lock)
            {
                var errors = _watches.Where(watch => watch.Value.Watch.Error is not null)
                    .Select(watch => $"{watch.Key}: {watch.Value.Watch.Error}")
                    .ToList();
                if (_wanted.Length > most)
                {
                    errors.Add(string.Create(CultureInfo.InvariantCulture, $"{_wanted.Length} subsets and services of other datacenters "
                        + $"are in use, "
                        + $"but at most {most} are watched; further subsets are filtered locally"));
                }

                return errors;
            }
        }
    }

    /// <summary>Takes the current entries and returns the local services that needed services route to.</summary>
    /// <param name="entries">The entries.</param>
    /// <param name="datacenter">The local datacenter.</param>
    /// <param name="isNeeded">True for a service that is needed.</param>
    public ImmutableHashSet<string> Take(EntrySet entries, string datacenter, Func<string, bool> isNeeded)
    {
        lock (_lock)
        {
            var targets = Routes(entries, datacenter)
                .Where(route => isNeeded(route.Name) || route.Targets.Any(target => isNeeded(target.Service)))
                .SelectMany(route => route.Targets)
                .DistinctBy(target => target.Id)
                .OrderBy(target => target.Id, StringComparer.Ordinal)
                .ToList();
            Follow(
                [
                    .. targets.Select(
                        target => new TargetQuery(
                            target.Service,
                            target.Subset,
                            target.Datacenter == datacenter ? "" : target.Datacenter,
                            target.Filter)).Where(query => query is not { Subset: "", Datacenter: "" })]);
            return [.. targets.Where(target => target.Datacenter == datacenter).Select(target => target.Service)];
        }
    }

    /// <summary>The discovered targets.</summary>
    /// <param name="answers">True if any agent answers.</param>
    public ImmutableArray<DiscoveredTarget> Discovered(bool answers)
    {
        lock (_lock)
        {
            return
            [
                .. _wanted.Where(_watches.ContainsKey).Select(query =>
                {
                    var watch = _watches[query].Watch;
                    return new DiscoveredTarget(
                        query.Service,
                        query.Subset,
                        query.Datacenter,
                        watch.Value is { } value ? [.. value.Values] : null) { IsDormant = answers && !watch.Settled };
                }),
            ];
        }
    }

    /// <summary>Ends all watches.</summary>
    public async ValueTask DisposeAsync()
    {
        List<ServiceWatch> all;
        lock (_lock)
        {
            all = [.. _watches.Values];
            _watches.Clear();
        }

        foreach (var watch in all)
        {
            await watch.DisposeAsync().ConfigureAwait(false);
        }
    }

    // Taken from the compiled chains once per set of entries, because every change of an instance makes a report.
    private ImmutableArray<(string Name, ImmutableArray<TargetModel> Targets)> Routes(EntrySet entries, string datacenter)
    {
        if (_routes is { } known && ReferenceEquals(known.Entries, entries) && known.Datacenter == datacenter)
        {
            return known.Routes;
        }

        var found = ImmutableArray.CreateBuilder<(string, ImmutableArray<TargetModel>)>();
        foreach (var name in entries.Chains.Names)
        {
            // One collection of targets per name.
            var compiler = new ChainCompiler(entries, datacenter, ChainCompiler.Bare);
            if (compiler.Compile(name, out _) is { IsPlain: false })
            {
                found.Add((name, [.. compiler.Targets]));
            }
        }

        foreach (var policy in entries.ServicePolicies)
        {
            var compiler = new ChainCompiler(entries, datacenter, ChainCompiler.Bare);
            foreach (var use in policy.Flags ?? [])
            {
                _ = use.Subset is { } subset ? compiler.CompileSubset(policy.Name, subset) : null;
            }

            found.Add((policy.Name, [.. compiler.Targets]));
        }

        _routes = (entries, datacenter, found.ToImmutable());
        return _routes.Value.Routes;
    }

    // The instances known before a filter change stay until the new filter is answered, and for good if it is refused.
    private void Follow(ImmutableArray<TargetQuery> wanted)
    {
        _wanted = wanted;
        var watched = wanted.Take(most).ToHashSet();
        foreach (var (query, watch) in _watches.Where(watch => !watched.Contains(watch.Key)).ToList())
        {
            _ = _watches.Remove(query);
            if (watch.Watch.Value is { } value)
            {
                _known[query.Target] = value;
            }

            _ = watch.DisposeAsync().AsTask();
        }

        foreach (var query in watched.Where(query => !_watches.ContainsKey(query)))
        {
            _watches[query] = new ServiceWatch(
                new Watch<DiscoveredInstance>(query.Path, InstanceReader.Read, _known.GetValueOrDefault(query.Target), context));
        }
    }
}
