using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Registry.Kubernetes.Api;
using GatewayMesh.Registry.Kubernetes.Catalog;
using GatewayMesh.Registry.Kubernetes.Objects;
using GatewayMesh.Registry.Kubernetes.Watching;

namespace GatewayMesh.Registry.Kubernetes;

/// <summary>Follows Services, EndpointSlices, and routes, and combines them into reports.</summary>
internal sealed class KubernetesReading : IAsyncDisposable
{
    // Shortest time between two reports. A rolling update changes many slices.
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(100);

    // A watch that is cut and starts anew within this time is no loss of the registry.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private readonly string _name;
    private readonly ApiClient _client;
    private readonly ParsingThread _thread;
    private readonly TimeProvider _time;
    private readonly ChangeSignal _signal;
    private readonly ObjectWatch<Service, KnownService> _services;
    private readonly ObjectWatch<EndpointSlice, KnownSlice> _slices;
    private readonly RouteReading _routes;
    private readonly CatalogBuilder _builder;
    private readonly HeldServices _held;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _runs = [];
    private ObjectSet<KnownService>? _readServices;
    private ObjectSet<KnownSlice>? _readSlices;
    private RegistryReport? _reported;
    private ServiceCatalog? _catalog;
    private string? _implausible;
    private long? _interruptedAt;

    /// <summary>Creates the reading. Requests start with <see cref="ReportsAsync"/>.</summary>
    public KubernetesReading(
        string name,
        ApiClient client,
        ParsingThread thread,
        NodePlace place,
        bool isSidecar,
        ObjectWatchTimes times,
        TimeProvider time,
        Random random)
    {
        (_name, _client, _thread, _time) = (name, client, thread, time);
        _signal = new ChangeSignal(Pace, time);
        _builder = new CatalogBuilder(place, client.Namespace);
        _held = new HeldServices(time);
        var (serviceNames, sliceNames) = (new NamePool(), new NamePool());
        ObjectWatchOptions Options() => new(time, new Random(random.Next())) { Changed = _signal.Raise, Times = times };
        _services = new(
            client, KubernetesResources.Services, ApiSelection.All, service => KnownService.Of(service, serviceNames), Options());
        _slices = new(
            client, KubernetesResources.EndpointSlices, ApiSelection.All, slice => KnownSlice.Of(slice, sliceNames), Options());
        _routes = new RouteReading(client, isSidecar ? client.Namespace : "", Options);
    }

    /// <summary>Time of the API server's last answer by the monotonic clock; null: never.</summary>
    public long? HeardAt => Later(_services.HeardAt, _slices.HeardAt);

    private ImmutableArray<IObjectWatch> Watches => [_services, _slices, .. _routes.Watches];

    /// <summary>Returns a report after the first complete sets, then one after every change.</summary>
    public async IAsyncEnumerable<RegistryReport> ReportsAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (var watch in Watches)
        {
            _runs.Add(Task.Run(() => watch.RunAsync(_stop.Token), CancellationToken.None));
        }

        while (true)
        {
            await _signal.WaitAsync(cancellation).ConfigureAwait(false);
            if (await _thread.RunAsync(Report).ConfigureAwait(false) is { } report)
            {
                yield return report;
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_runs).ConfigureAwait(false);
        _client.Dispose();
        _signal.Dispose();
        _stop.Dispose();
    }

    private static long? Later(long? left, long? right) => left is { } one && right is { } other ? Math.Max(one, other) : left ?? right;

    private RegistryReport? Report()
    {
        var isSettled = Watches.All(IsSettled);
        if (isSettled)
        {
            _catalog = Catalog();
        }

        var isReached = isSettled && _implausible is null && IsFollowing();
        if (!isSettled && Watches.All(watch => watch.Report.Trouble is null || IsMissing(watch)))
        {
            return null; // a part would remove what the snapshot on disk knows
        }

        var report = new RegistryReport(
            isSettled ? _routes.Entries(_services.Current) : null,
            isSettled ? ImmutableArray<DiscoveredNode>.Empty : null,
            Errors(isReached))
        {
            Catalog = _catalog,
            Intentions = isSettled ? DeclaredIntentions.None : null,
            Remarks = [.. _builder.Problems, .. _routes.Denials(_name)],
            Reached = isReached,
        };
        return _reported is not null && IsEquivalent(_reported, report) ? null : _reported = report;
    }

    private static bool IsEquivalent(RegistryReport left, RegistryReport right) =>
        ReferenceEquals(left.Entries, right.Entries)
        && ReferenceEquals(left.Catalog, right.Catalog)
        && left.Reached == right.Reached
        && left.Errors.SequenceEqual(right.Errors)
        && left.Remarks.SequenceEqual(right.Remarks);

    // Called when both sets are complete.
    private ServiceCatalog? Catalog()
    {
        var (services, slices) = (_services.Current, _slices.Current);
        var isAnew = _readServices is not null && (services.Starts != _readServices.Starts || slices.Starts != _readSlices!.Starts);
        _implausible = isAnew ? Implausible(services, slices) : _implausible;
        if (_implausible is not null)
        {
            return _catalog;
        }

        foreach (var (key, service) in SetDifference.Between(_readServices, services))
        {
            _builder.SetService(key, service);
        }

        foreach (var (key, slice) in SetDifference.Between(_readSlices, slices))
        {
            _builder.SetSlice(key, slice);
        }

        (_readServices, _readSlices) = (services, slices);
        var catalog = _held.Complete(_builder.Build(), isAnew);
        if (_held.Any)
        {
            RaiseAfter(Grace);
        }

        return catalog;
    }

    // Every cluster has Services and endpoints: those of its own API server. A list without any comes from a store that was lost.
    private string? Implausible(ObjectSet<KnownService> services, ObjectSet<KnownSlice> slices) =>
        services.Count == 0 && _readServices!.Count > 0 ? "the cluster has no Service any more"
        : slices.Count == 0 && _readSlices!.Count > 0 ? "the cluster has no EndpointSlice any more"
        : null;

    private bool IsFollowing()
    {
        if (Watches.All(watch => watch.Report.State == WatchState.Following || IsMissing(watch)))
        {
            _interruptedAt = null;
            return true;
        }

        if (Watches.Any(watch => watch.Report.State == WatchState.Absent && !IsMissing(watch)))
        {
            return false;
        }

        // A timer may be early, so each look within the grace asks for another one.
        _interruptedAt ??= _time.GetTimestamp();
        var left = Grace - _time.GetElapsedTime(_interruptedAt.Value);
        if (left > TimeSpan.Zero)
        {
            RaiseAfter(left);
        }

        return left > TimeSpan.Zero;
    }

    // Kinds of the Gateway API may be missing, Services and EndpointSlices may not.
    private bool IsMissing(IObjectWatch watch) =>
        watch.Report.State == WatchState.Absent && watch != _services && watch != (IObjectWatch)_slices;

    private bool IsSettled(IObjectWatch watch) => watch.Report.HasSet || IsMissing(watch);

    private void RaiseAfter(TimeSpan delay) => _ = RaiseLaterAsync(delay);

    private async Task RaiseLaterAsync(TimeSpan delay)
    {
        await Task.Delay(delay, _time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_stop.IsCancellationRequested)
        {
            _signal.Raise();
        }
    }

    private ImmutableArray<ConfigError> Errors(bool isReached)
    {
        var errors = new ConfigErrors();
        if (!isReached)
        {
            var troubles = Watches.Where(watch => !IsMissing(watch)).Select(watch => watch.Report.Trouble).OfType<string>();
            foreach (var trouble in troubles.Distinct(StringComparer.Ordinal))
            {
                errors.Add(SourceLocation.Option(_name), "", trouble, "the last good configuration stays in use");
            }

            if (_implausible is { } reason)
            {
                errors.Add(
                    SourceLocation.Option(_name), "", reason, "check the store of the cluster; the last good configuration stays in use");
            }
        }

        foreach (var watch in Watches)
        {
            foreach (var (key, reason) in watch.Report.Unreadable)
            {
                errors.Add(
                    SourceLocation.Option($"kubernetes:{watch.Plural}/{key}"),
                    "",
                    $"cannot be read: {reason}",
                    "write the object again; its last readable version stays in use");
            }
        }

        return errors.ToSorted();
    }
}
