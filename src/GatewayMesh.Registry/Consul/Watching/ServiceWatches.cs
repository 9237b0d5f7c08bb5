using System.Collections.Immutable;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Registry.Consul.Catalogue;

namespace GatewayMesh.Registry.Consul.Watching;

/// <summary>
/// Which services' instances are watched: those declared, those lately used, and where there is room (edges only) the others. Each watch
/// holds a connection, of which Consul allows a client 200, so there is a bound; beyond it an edge looks at the rest in rotation.
/// </summary>
/// <param name="most">How many are watched at one time.</param>
/// <param name="fills">Whether free room is filled with services that nobody has asked for, and the rest looked at in rotation.</param>
/// <param name="declared">Those that are watched whatever happens.</param>
/// <param name="context">What watches share.</param>
internal sealed class ServiceWatches(int most, bool fills, ImmutableArray<string> declared, WatchContext context) : IAsyncDisposable
{
    // Where not all services find room, this many places are kept for those that somebody asks for.
    private const int Spare = 10;

    // Consul counts the connection of a question that was given up until the question's time is over, so places change hands slowly.
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

    /// <summary>Whether every declared service has its first answer.</summary>
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

    /// <summary>What is wrong with the watches now.</summary>
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

    /// <summary>Services beside the catalogue's that have instances: the list of names may lag behind.</summary>
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

    /// <summary>The catalogue has these services now.</summary>
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

    /// <summary>Others are watched whatever happens: the bootstrap was read again.</summary>
    public void Declare(ImmutableArray<string> names)
    {
        lock (_lock)
        {
            _declared = names;
        }

        context.Changed();
    }

    /// <summary>Whether somebody needs this one for itself: it is declared, was used lately, or all are looked at.</summary>
    public bool IsNeeded(string name)
    {
        lock (_lock)
        {
            return fills || _declared.Contains(name) || _used.ContainsKey(name);
        }
    }

    /// <summary>What is needed leads to these: they are watched too.</summary>
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

    /// <summary>A request asks for this one: it is watched from now on, in the place of one that is needed less, or where there is none looked at once.</summary>
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

        // It may lead to others, which are to be looked at from now on.
        if (fresh)
        {
            context.Changed();
        }
    }

    /// <summary>These were used lately; those that nobody uses any more give up their places.</summary>
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

    /// <summary>What is known of a service, and whether that is watched.</summary>
    public (ImmutableArray<DiscoveredInstance>? Instances, bool Watched) Of(string name)
    {
        lock (_lock)
        {
            var watch = _watches.GetValueOrDefault(name)?.Watch;
            var instances = watch?.Value ?? _looks.Of(name);
            return (instances is null ? null : [.. instances.Values], watch is { Answered: true } || _looks.IsFresh(name));
        }
    }

    /// <summary>Looks at those without a watch, one after the other, until cancelled; never throws.</summary>
    public async Task RotateAsync(CancellationToken cancellation)
    {
        while (fills && !cancellation.IsCancellationRequested)
        {
            await Task.Delay(context.Jitter.Around(context.Times.Rotation, 0.2), context.Time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (NextInRotation() is { } name)
            {
                _ = await _looks.LookAsync(name, cancellation).ConfigureAwait(false);
                context.Changed();
            }
        }
    }

    /// <summary>Ends them all.</summary>
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

    // False when there is no place for it.
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

        _watches[name] = new ServiceWatch(new Watch<DiscoveredInstance>(ServiceLooks.PathOf(name), InstanceReader.Read, _looks.Of(name), context));
        return true;
    }

    // Who was used within the time of a look is not put out for another such: they would chase each other.
    private bool TryEvict()
    {
        if (_evictedAt is { } last && context.Time.GetElapsedTime(last) < EvictionPace)
        {
            return false;
        }

        var least = _watches.Keys.Where(name => !_declared.Contains(name) && !_led.Contains(name)).MinBy(name => _used.GetValueOrDefault(name, long.MinValue));
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
        var room = _names.Length <= most ? most : most - Spare;
        foreach (var name in fills ? _names : [])
        {
            if (_watches.Count >= room)
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
