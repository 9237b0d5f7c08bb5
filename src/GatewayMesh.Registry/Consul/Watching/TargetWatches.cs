using System.Collections.Immutable;
using System.Globalization;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Configuration.Routing;
using GatewayMesh.Registry.Consul.Catalogue;

namespace GatewayMesh.Registry.Consul.Watching;

/// <summary>
/// What the routes of needed services lead to beside whole services: subsets, whose filter the agent applies, and services of other datacenters. Each has a blocking
/// query of its own. (To read a subset once at each news of its service would save the connection, but an answer that is lost then stays wrong until the next news, and
/// the last good, the hold after an agent's return and the agent's silence would all have to be thought of a second time.)
/// </summary>
/// <param name="most">How many are watched at one time; subsets beyond that are filtered here.</param>
/// <param name="context">What watches share.</param>
internal sealed class TargetWatches(int most, WatchContext context) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<TargetQuery, ServiceWatch> _watches = [];
    private readonly Dictionary<(string Service, string Subset, string Datacenter), ImmutableSortedDictionary<string, DiscoveredInstance>> _known = [];
    private ImmutableArray<TargetQuery> _wanted = [];
    private (EntrySet Entries, string Datacenter, ImmutableArray<(string Name, ImmutableArray<TargetModel> Targets)> Routes)? _ways;

    /// <summary>Whether every subset of the own datacenter has its first answer, so that nobody is sent to a subset that is not known yet.</summary>
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

    /// <summary>What is wrong with the watches now.</summary>
    public IEnumerable<string> Errors
    {
        get
        {
            lock (_lock)
            {
                var errors = _watches.Where(watch => watch.Value.Watch.Error is not null).Select(watch => $"{watch.Key}: {watch.Value.Watch.Error}").ToList();
                if (_wanted.Length > most)
                {
                    errors.Add(string.Create(CultureInfo.InvariantCulture, $"{_wanted.Length} subsets and services of other datacenters are in use, {most} are asked for; subsets beyond that are filtered by the mesh itself"));
                }

                return errors;
            }
        }
    }

    /// <summary>Takes the entries as they are now; returns the services of the own datacenter that the needed ones lead to.</summary>
    /// <param name="entries">The entries.</param>
    /// <param name="datacenter">The own datacenter.</param>
    /// <param name="isNeeded">Whether somebody asks for a name.</param>
    public ImmutableHashSet<string> Take(EntrySet entries, string datacenter, Func<string, bool> isNeeded)
    {
        lock (_lock)
        {
            var targets = Routes(entries, datacenter)
                .Where(way => isNeeded(way.Name) || way.Targets.Any(target => isNeeded(target.Service)))
                .SelectMany(way => way.Targets)
                .DistinctBy(target => target.Id)
                .OrderBy(target => target.Id, StringComparer.Ordinal)
                .ToList();
            Follow([.. targets.Select(target => new TargetQuery(target.Service, target.Subset, target.Datacenter == datacenter ? "" : target.Datacenter, target.Filter)).Where(query => query is not { Subset: "", Datacenter: "" })]);
            return [.. targets.Where(target => target.Datacenter == datacenter).Select(target => target.Service)];
        }
    }

    /// <summary>What is known of them.</summary>
    /// <param name="answers">Whether agents answer at all.</param>
    public ImmutableArray<DiscoveredTarget> Discovered(bool answers)
    {
        lock (_lock)
        {
            return
            [
                .. _wanted.Where(_watches.ContainsKey).Select(query =>
                {
                    var watch = _watches[query].Watch;
                    return new DiscoveredTarget(query.Service, query.Subset, query.Datacenter, watch.Value is { } value ? [.. value.Values] : null) { IsDormant = answers && !watch.Settled };
                }),
            ];
        }
    }

    /// <summary>Ends them all.</summary>
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

    // Compiled once for each set of entries: a report is made at each change of an instance.
    private ImmutableArray<(string Name, ImmutableArray<TargetModel> Targets)> Routes(EntrySet entries, string datacenter)
    {
        if (_ways is { } ways && ReferenceEquals(ways.Entries, entries) && ways.Datacenter == datacenter)
        {
            return ways.Routes;
        }

        var found = ImmutableArray.CreateBuilder<(string, ImmutableArray<TargetModel>)>();
        foreach (var name in ChainCompiler.Names(entries))
        {
            // One compiler a name, so that its targets are those of this way.
            var compiler = new ChainCompiler(entries, datacenter, ChainCompiler.Bare);
            if (compiler.Compile(name, out _) is { IsPlain: false })
            {
                found.Add((name, [.. compiler.Targets]));
            }
        }

        _ways = (entries, datacenter, found.ToImmutable());
        return _ways.Value.Routes;
    }

    // What a subset had before its filter changed holds until the new one is answered, and where that one is refused for good.
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
            _watches[query] = new ServiceWatch(new Watch<DiscoveredInstance>(query.Path, InstanceReader.Read, _known.GetValueOrDefault(query.Target), context));
        }
    }
}
