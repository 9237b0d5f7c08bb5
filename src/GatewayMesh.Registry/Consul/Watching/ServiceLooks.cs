using System.Collections.Immutable;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Registry.Consul.Catalog;

namespace GatewayMesh.Registry.Consul.Watching;

/// <summary>Instances of services without a watch: read once, in rotation or for a request, or left by a watch that ended.</summary>
internal sealed class ServiceLooks(WatchContext context) : IAsyncDisposable
{
    // The number of concurrent reads for waiting requests.
    private const int MaxReads = 10;

    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _turn = new(MaxReads);
    private readonly Dictionary<string, ImmutableSortedDictionary<string, DiscoveredInstance>> _known = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _lookedAt = new(StringComparer.Ordinal);
    private readonly HashSet<string> _looking = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();

    /// <summary>The path of a service's instances.</summary>
    public static string PathOf(string name) => $"/v1/health/connect/{Uri.EscapeDataString(name)}";

    /// <summary>The last known instances, or null.</summary>
    public ImmutableSortedDictionary<string, DiscoveredInstance>? Of(string name)
    {
        lock (_lock)
        {
            return _known.GetValueOrDefault(name);
        }
    }

    /// <summary>
    /// True if a request had the service read recently enough that the next request need not wait: within the wait time of a watch.
    /// </summary>
    public bool IsFresh(string name)
    {
        lock (_lock)
        {
            return _lookedAt.TryGetValue(name, out var at) && context.Time.GetElapsedTime(at) < context.Times.Wait;
        }
    }

    /// <summary>Stores the instances that a watch has seen.</summary>
    public void Keep(string name, ImmutableSortedDictionary<string, DiscoveredInstance> instances)
    {
        lock (_lock)
        {
            _known[name] = instances;
        }
    }

    /// <summary>Removes a service that is gone.</summary>
    public void Forget(string name)
    {
        lock (_lock)
        {
            _ = _known.Remove(name);
            _ = _lookedAt.Remove(name);
        }
    }

    /// <summary>Starts a read for a waiting request; returns at once.</summary>
    public void Begin(string name)
    {
        lock (_lock)
        {
            if (IsFresh(name) || !_looking.Add(name))
            {
                return;
            }
        }

        _ = BeginAsync(name);
    }

    /// <summary>Reads the instances once; false without an answer.</summary>
    public async Task<bool> LookAsync(string name, CancellationToken cancellation)
    {
        var look = new Watch<DiscoveredInstance>(PathOf(name), InstanceReader.Read, Of(name), context);
        if (!await look.LookAsync(cancellation).ConfigureAwait(false))
        {
            return false;
        }

        Keep(name, look.Value!);
        return true;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await _stop.CancelAsync().ConfigureAwait(false);

    private async Task BeginAsync(string name)
    {
        var seen = false;
        try
        {
            await _turn.WaitAsync(_stop.Token).ConfigureAwait(false);
            seen = await LookAsync(name, _stop.Token).ConfigureAwait(false);
            _ = _turn.Release();
        }
        catch (OperationCanceledException)
        {
            return;
        }

        lock (_lock)
        {
            _ = _looking.Remove(name);
            if (seen)
            {
                _lookedAt[name] = context.Time.GetTimestamp();
            }
        }

        // One change when the service becomes fresh, one when it no longer is.
        context.Changed();
        await Task.Delay(context.Times.Wait, context.Time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        context.Changed();
    }
}
