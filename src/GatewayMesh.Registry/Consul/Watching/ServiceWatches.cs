using System.Collections.Immutable;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Registry.Consul.Catalog;

namespace GatewayMesh.Registry.Consul.Watching;

/// <summary>
/// Chooses the services whose instances are watched: declared services, recently used services, and, on edges with capacity left, the
/// others. Each watch holds a connection, and Consul allows a client 200, so the number is limited. An edge reads the remaining services
/// in rotation.
/// </summary>
/// <param name="most">The maximum number of concurrent watches.</param>
/// <param name="fills">True if unused capacity is filled with services without requests, and the rest is read in rotation.</param>
/// <param name="declared">The services that are always watched.</param>
/// <param name="context">The state shared by all watches.</param>
internal sealed class ServiceWatches(int most, bool fills, ImmutableArray<string> declared, WatchContext context) : IAsyncDisposable
{
    // If not all services fit, this many watches are reserved for requested services.
    private const int Spare = 10;

    // Consul counts the connection of an abandoned query until the query's wait is over, so watches are replaced slowly.
    private static readonly TimeSpan EvictionPace = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly ServiceLooks _looks = new(context);
    private readonly Dictionary<string, ServiceWatch> _watches = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _used = new(StringComparer.Ordinal);
    private readonly Queue<string> _rotation = new();
    private ImmutableArray<string> _names = [];
    private ImmutableArray<string> _declared = declared;
    private ImmutableHashSet<string> _led = [];
    private long? _evictedAt;

    /// <summary>True if every declared service has its first answer.</summary>
    public bool Settled
    {
        get
        {
            lock (_lock)
            {
                return _declared.All(name => !_watches.TryGetValue(name, out var watch) || watch.Watch.Settled);
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
                return [.. _watches.Values.Select(watch => watch.Watch.Error).OfType<string>()];
            }
        }
    }

    /// <summary>Services with instances, including services not in the catalog yet: the list of names may lag.</summary>
    public IEnumerable<string> Found
    {
        get
        {
            lock (_lock)
            {
                return [.. _watches.Where(watch => watch.Value.Watch.Value is { IsEmpty: false }).Select(watch => watch.Key)];
            }
        }
    }

    /// <summary>Takes the catalog's current services.</summary>
    public void Take(ImmutableArray<string> names)
    {
        lock (_lock)
        {
            _names = names;
            foreach (var name in _declared)
            {
                _ = Begin(name);
            }

            var there = names.ToHashSet(StringComparer.Ordinal);
            foreach (var gone in _watches.Keys.Where(name => !there.Contains(name) && !_declared.Contains(name)).ToList())
            {
                End(gone);
                _looks.Forget(gone);
            }

            Fill();
        }
    }

    /// <summary>Replaces the declared services after a reload of the bootstrap.</summary>
    public void Declare(ImmutableArray<string> names)
    {
        lock (_lock)
        {
            _declared = names;
        }

        context.Changed();
    }

    /// <summary>True if the service is declared, was used recently, or all services are read.</summary>
    public bool IsNeeded(string name)
    {
        lock (_lock)
        {
            return fills || _declared.Contains(name) || _used.ContainsKey(name);
        }
    }

    /// <summary>Sets the services that the routes of needed services lead to. These services are watched too.</summary>
    public void Lead(ImmutableHashSet<string> names)
    {
        lock (_lock)
        {
            var before = _led;
            _led = names;
            foreach (var name in before.Except(names).Where(name => !fills && !_used.ContainsKey(name) && !_declared.Contains(name)))
            {
                End(name);
            }

            foreach (var name in names.Where(name => _names.Contains(name, StringComparer.Ordinal)))
            {
                _ = Begin(name);
            }
        }
    }

    /// <summary>
    /// Watches a service that a request asks for, in place of a less needed service. Without a free watch, reads the service once.
    /// </summary>
    public void Want(string name)
    {
        bool fresh;
        lock (_lock)
        {
            fresh = !_used.ContainsKey(name);
            _used[name] = context.Time.GetTimestamp();
            if (_names.Contains(name, StringComparer.Ordinal) && !Begin(name))
            {
                _looks.Begin(name);
            }
        }

        // The service's routes may lead to other services, which are then read too.
        if (fresh)
        {
            context.Changed();
        }
    }

    /// <summary>Marks services as used. Services without recent use lose their watches.</summary>
    public void Use(IEnumerable<string> names)
    {
        lock (_lock)
        {
            foreach (var name in names)
            {
                _used[name] = context.Time.GetTimestamp();
                if (_names.Contains(name, StringComparer.Ordinal))
                {
                    _ = Begin(name);
                }
            }

            foreach (var (name, at) in _used.ToList())
            {
                if (context.Time.GetElapsedTime(at) > context.Times.Use)
                {
                    _ = _used.Remove(name);
                    if (!fills && !_declared.Contains(name) && !_led.Contains(name))
                    {
                        End(name);
                    }
                }
            }
        }
    }

    /// <summary>The known instances of a service, and whether the service is watched.</summary>
    public (ImmutableArray<DiscoveredInstance>? Instances, bool Watched) Of(string name)
    {
        lock (_lock)
        {
            var watch = _watches.GetValueOrDefault(name)?.Watch;
            var instances = watch?.Value ?? _looks.Of(name);
            return (instances is null ? null : [.. instances.Values], watch is { Answered: true } || _looks.IsFresh(name));
        }
    }

    /// <summary>Reads services without a watch one by one until cancelled; never throws.</summary>
    public async Task RotateAsync(CancellationToken cancellation)
    {
        while (fills && !cancellation.IsCancellationRequested)
        {
            await Task.Delay(
                context.Jitter.Around(context.Times.Rotation, 0.2),
                context.Time,
                cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (NextInRotation() is { } name)
            {
                _ = await _looks.LookAsync(name, cancellation).ConfigureAwait(false);
                context.Changed();
            }
        }
    }

    /// <summary>Ends all watches.</summary>
    public async ValueTask DisposeAsync()
    {
        await _looks.DisposeAsync().ConfigureAwait(false);
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

    // False if there is no free watch.
    private bool Begin(string name)
    {
        if (_watches.ContainsKey(name))
        {
            return true;
        }

        if (_watches.Count >= most && !TryEvict())
        {
            return false;
        }

        _watches[name] = new ServiceWatch(
            new Watch<DiscoveredInstance>(ServiceLooks.PathOf(name), InstanceReader.Read, _looks.Of(name), context));
        return true;
    }

    // A service used within the wait time is not evicted for another: the two would evict each other in turn.
    private bool TryEvict()
    {
        if (_evictedAt is { } last && context.Time.GetElapsedTime(last) < EvictionPace)
        {
            return false;
        }

        var least = _watches.Keys.Where(
            name => !_declared.Contains(name) && !_led.Contains(name)).MinBy(name => _used.GetValueOrDefault(name, long.MinValue));
        if (least is null || (_used.TryGetValue(least, out var used) && context.Time.GetElapsedTime(used) < context.Times.Wait))
        {
            return false;
        }

        _evictedAt = context.Time.GetTimestamp();
        End(least);
        return true;
    }

    private void End(string name)
    {
        if (_watches.Remove(name, out var watch))
        {
            if (watch.Watch.Value is { } value)
            {
                _looks.Keep(name, value);
            }

            _ = watch.DisposeAsync().AsTask();
        }
    }

    private void Fill()
    {
        var limit = _names.Length <= most ? most : most - Spare;
        foreach (var name in fills ? _names : [])
        {
            if (_watches.Count >= limit)
            {
                break;
            }

            _ = Begin(name);
        }
    }

    private string? NextInRotation()
    {
        lock (_lock)
        {
            if (_rotation.Count == 0)
            {
                foreach (var name in _names.Where(name => !_watches.ContainsKey(name)))
                {
                    _rotation.Enqueue(name);
                }
            }

            return _rotation.TryDequeue(out var next) && !_watches.ContainsKey(next) ? next : null;
        }
    }
}
