using System.Collections.Immutable;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Configuration.Reach;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Registry.Snapshots;

namespace GatewayMesh.Registry.Live;

/// <summary>
/// The configuration of a running process. Watches the registry, compiles its reports, keeps the last good configuration through errors,
/// stores that configuration, and starts with the stored one.
/// </summary>
/// <param name="registry">The source. Not disposed here.</param>
/// <param name="store">The last good configuration on disk, or null for none.</param>
/// <param name="time">Clock of the nodes' age and of the store's retries.</param>
/// <param name="cluster">This node's name for its cluster, used if the registry has none.</param>
public sealed class LiveConfiguration(
    IConfigurationSource registry, SnapshotStore? store, TimeProvider time, string? cluster = null) : IAsyncDisposable
{
    // Delay before a failed write of the store is retried.
    private volatile bool _isInUse;
    private static readonly TimeSpan StoreRetry = TimeSpan.FromSeconds(10);

    // Minimum time between two writes of the store: a gateway that discovers a thousand services gets a separate report for each.
    private static readonly TimeSpan StorePace = TimeSpan.FromSeconds(1);

    // Delay before a failed watch is retried.
    private static readonly TimeSpan WatchRetry = TimeSpan.FromSeconds(1);

    // Interval at which the store records the registry's last answer, from which a restart during an outage computes the configuration's
    // age.
    private static readonly TimeSpan MarkPace = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _stop = new();
    private readonly ParsingThread _thread = new("configuration");
    private readonly TaskCompletionSource _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private volatile LiveState _state = LiveState.Nothing;
    private ConfigError? _storeError;
    private RegistryView? _unstored;
    private long? _savedAt;
    private string _storedRevision = MeshSnapshot.Empty.Revision;
    private Task? _run;
    private ITimer? _retry;
    private ColdStart? _coldStart;
    private RegistryReport? _lastReport;
    private long _startedAt = time.GetTimestamp();
    private TimeSpan? _storedAge;
    private long? _markedAt;

    /// <summary>
    /// The addresses that registry data may lead this node to. Default: unrestricted. Set before <see cref="Start"/>, afterwards with
    /// <see cref="Restrict"/>.
    /// </summary>
    public ReachRules Reach { get; private set; } = ReachRules.Unbounded;

    /// <summary>For tests: number of times that the mesh was compiled.</summary>
    internal int Compilations { get; private set; }

    /// <summary>Replaces the reach rules and recompiles the registry's last report.</summary>
    public void Restrict(ReachRules reach)
    {
        lock (_lock)
        {
            Reach = reach;
            if (_state.Origin != ConfigurationOrigin.None)
            {
                Swap(Compile(_state, again: true), answered: false);
            }
        }

        Updated?.Invoke();
    }

    /// <summary>
    /// Raised when a new snapshot is in use: its revision or the set of watched services changed. Called on the watch's thread; handlers
    /// must be quick and must not throw.
    /// </summary>
    public event Action<MeshSnapshot>? Changed;

    /// <summary>Raised when anything visible changed: snapshot, errors or nodes.</summary>
    public event Action? Updated;

    /// <summary>The snapshot in use; <see cref="MeshSnapshot.Empty"/> before the first.</summary>
    public MeshSnapshot Current => _state.Snapshot;

    /// <summary>Revision of the snapshot in use.</summary>
    public string Revision => _state.Snapshot.Revision;

    /// <summary>Source of the snapshot in use.</summary>
    public ConfigurationOrigin Origin => _state.Origin;

    /// <summary>True once the handlers of <see cref="Changed"/> have taken a configuration from registry or disk.</summary>
    public bool IsInUse => _isInUse;

    /// <summary>True if the configuration in use equals the registry's current one (SYNCED, otherwise STALE).</summary>
    public bool Synced => _state.Synced;

    /// <summary>True if the last read of the registry succeeded; null before the first.</summary>
    public bool? Reached => _state.Reached;

    /// <summary>
    /// Time since the registry last answered, by the monotonic clock, so independent of changes to the system time. After a start from the
    /// disk, counts from the age of the stored configuration, which is as accurate as the system time. Null: not known.
    /// </summary>
    public TimeSpan? RegistryAge =>
        registry.HeardAt is { } heard ? time.GetElapsedTime(heard) : _storedAge + time.GetElapsedTime(_startedAt);

    /// <summary>All current errors of the registry and the store.</summary>
    public ImmutableArray<ConfigError> Errors => _state.Errors;

    /// <summary>The entries in use, as declared.</summary>
    public EntrySet Entries => _state.View.Entries;

    /// <summary>The registry's name for the cluster; null if the registry has none.</summary>
    public string? Datacenter => _state.View.Datacenter;

    /// <summary>The nodes, by name.</summary>
    public ImmutableArray<NodeLiveness> Nodes =>
        [
            .. _state.View.Nodes.Select(
                node => new NodeLiveness(node.Record, node.Alive, node.HeardAt is { } heard ? time.GetElapsedTime(heard) : null))];

    /// <summary>
    /// Completes when a configuration is available (from registry or disk) or the registry has first answered, even with errors.
    /// </summary>
    public Task Answered => _answered.Task;

    /// <summary>Loads the store and starts the watch. Returns when the stored configuration, if any, is in use.</summary>
    public void Start()
    {
        _startedAt = time.GetTimestamp();
        if (store?.Load(out _storeError) is { } stored)
        {
            _storedAge = store.HeardAt() is { } heard && time.GetUtcNow() - heard is { Ticks: >= 0 } age ? age : null;
            var first = Compile(LiveState.Nothing with { View = stored, Origin = ConfigurationOrigin.Store });
            _ = ReadingMemory.ReturnAfter(first.Snapshot);
            Swap(first, answered: true);
            _storedRevision = Revision;
            _coldStart = stored.Catalog is { } known ? new ColdStart(known, time) : null;
        }
        else if (_storeError is not null)
        {
            Swap(_state with { Errors = [_storeError] }, answered: false);
        }

        Updated?.Invoke();
        _retry = time.CreateTimer(_ => Tick(), null, StorePace, StorePace);
        _run = Task.Run(WatchAsync);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        if (_retry is not null)
        {
            await _retry.DisposeAsync().ConfigureAwait(false);
        }

        await (_run ?? Task.CompletedTask).ConfigureAwait(false);
        _thread.Dispose();
        lock (_lock)
        {
            SaveWhenDue(TimeSpan.Zero);
            MarkWhenDue(TimeSpan.Zero);
        }

        _stop.Dispose();
    }

    private async Task WatchAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await foreach (var report in registry.WatchAsync(_stop.Token).ConfigureAwait(false))
                {
                    await _thread.RunAsync(() => Take(report)).ConfigureAwait(false);
                }
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                // A fault in this code or in a handler of Changed. The process continues, so the watch must continue too.
                Fault(exception);
                await Task.Delay(WatchRetry, time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private void Fault(Exception exception)
    {
        lock (_lock)
        {
            var error = new ConfigError(SourceLocation.Option(registry.Name), "",
                $"an internal fault prevented a configuration change ({exception.GetType().Name}: {exception.Message})",
                "report this fault; the watch restarts");
            _state = _state with { Synced = false, Errors = [error, .. Some(_storeError)] };
        }
    }

    private void Take(RegistryReport report)
    {
        lock (_lock)
        {
            var last = _state;
            var view = last.View.With(report);
            if (_coldStart is not null && report.Catalog is { } catalog)
            {
                view = view with { Catalog = _coldStart.With(view.Catalog ?? catalog) };
            }

            // A report that arrives between the end of the cold start and TakeLast is the last report.
            _lastReport = _coldStart is not null || _lastReport is not null ? report : null;

            var complete = report.IsComplete;
            var origin = complete ? ConfigurationOrigin.Registry : last.Origin;
            var next = Compile(
                new LiveState(last.Snapshot, view, origin, complete && report.Errors.IsEmpty, []) { Reached = report.Reached });
            if (last.Origin == ConfigurationOrigin.None)
            {
                _ = ReadingMemory.ReturnAfter(next.Snapshot);
            }

            Swap(next with { Errors = [.. report.Errors, .. report.Remarks, .. Some(_storeError)] }, answered: true);
            if (complete && next.Snapshot.Revision != _storedRevision)
            {
                // Nodes report all the time. Only changes of the snapshot are stored, after they are in use, and not each step of a burst.
                (_unstored, _storedRevision) = (view, next.Snapshot.Revision);
                SaveWhenDue(StorePace);
            }

            Updated?.Invoke();
        }
    }

    // Called under the lock, or before there is a second thread. Whoever waits may serve at once, so the handlers take the snapshot first.
    private void Swap(LiveState next, bool answered)
    {
        var changed = next.Snapshot != _state.Snapshot;
        _state = next;
        if (changed)
        {
            Changed?.Invoke(next.Snapshot);
        }

        _isInUse |= next.Origin != ConfigurationOrigin.None;
        if (answered)
        {
            _ = _answered.TrySetResult();
        }
    }

    // Before the first report there is no snapshot, which differs from an empty snapshot.
    private LiveState Compile(LiveState next, bool again = false)
    {
        if (next.Origin == ConfigurationOrigin.None || (!again && Same(next.View, _state.View) && next.Origin == _state.Origin))
        {
            return next;
        }

        Compilations++;
        var compiled = SnapshotCompiler.Compile(
            next.View.Entries, next.View.Nodes, next.View.Catalog, next.View.Intentions, next.View.Datacenter ?? cluster, Reach);
        return compiled.Revision == next.Snapshot.Revision && compiled.LooksAtTheSame(next.Snapshot)
            ? next
            : next with { Snapshot = compiled };
    }

    // Nodes report all the time: when they were last heard, and how they are. Neither needs a recompile.
    private static bool Same(RegistryView left, RegistryView right) =>
        ReferenceEquals(left.Entries, right.Entries)
        && left.Catalog == right.Catalog
        && ReferenceEquals(left.Intentions, right.Intentions)
        && left.Nodes.Length == right.Nodes.Length
        && left.Nodes.Zip(right.Nodes).All(
            pair => pair.First.Alive == pair.Second.Alive && NodeRecordText.AnnounceTheSame(pair.First.Record, pair.Second.Record));

    private void TakeLast()
    {
        lock (_lock)
        {
            var report = _lastReport;
            _lastReport = null;
            if (report is not null)
            {
                Take(report);
            }
        }
    }

    // A pool thread never waits for a compilation. The next tick comes in a second.
    private void Tick()
    {
        if (!_lock.TryEnter())
        {
            return;
        }

        try
        {
            if (_coldStart is { IsOver: true })
            {
                _coldStart = null;
                _ = _thread.RunAsync(TakeLast);
            }

            var before = _storeError;
            SaveWhenDue(_storeError is null ? StorePace : StoreRetry);
            MarkWhenDue(MarkPace);
            if (before != _storeError)
            {
                Updated?.Invoke();
            }
        }
        finally
        {
            _lock.Exit();
        }
    }

    // Called under the lock.
    private void MarkWhenDue(TimeSpan pause)
    {
        if (_state.Origin != ConfigurationOrigin.Registry
            || registry.HeardAt is not { } heard
            || (_markedAt is { } marked && time.GetElapsedTime(marked) < pause))
        {
            return;
        }

        _markedAt = time.GetTimestamp();
        store?.Mark(time.GetUtcNow() - time.GetElapsedTime(heard));
    }

    // Called under the lock.
    private void SaveWhenDue(TimeSpan pause)
    {
        if (_unstored is null || (_savedAt is { } saved && time.GetElapsedTime(saved) < pause))
        {
            return;
        }

        var before = _storeError;
        _storeError = store?.Save(_unstored);
        _unstored = _storeError is null ? null : _unstored;
        _savedAt = time.GetTimestamp();
        _markedAt = null;
        _state = _state with { Errors = [.. _state.Errors.Where(error => error != before), .. Some(_storeError)] };
    }

    private static IEnumerable<ConfigError> Some(ConfigError? error) => error is null ? [] : [error];
}
