using System.Collections.Immutable;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Configuration.Reach;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Registry.Snapshots;

namespace GatewayMesh.Registry.Live;

/// <summary>
/// The configuration of a running process: watches the registry, compiles what it says, keeps the last good through everything that
/// goes wrong, stores it, and begins with the stored one.
/// </summary>
/// <param name="registry">The registry; not disposed here.</param>
/// <param name="store">The last good on disk, or null for none.</param>
/// <param name="time">Clock of the nodes' age and of the store's retries.</param>
/// <param name="cluster">What this node calls its cluster, where the registry has no name for it.</param>
public sealed class LiveConfiguration(IRegistry registry, SnapshotStore? store, TimeProvider time, string? cluster = null) : IAsyncDisposable
{
    // How long a store that could not be written waits for its next try.
    private static readonly TimeSpan StoreRetry = TimeSpan.FromSeconds(10);

    // How often the store is written at most: a gateway that meets a thousand services hears of each by itself.
    private static readonly TimeSpan StorePace = TimeSpan.FromSeconds(1);

    // How long a watch that broke waits for its next try.
    private static readonly TimeSpan WatchRetry = TimeSpan.FromSeconds(1);

    // How often the store is marked with the time at which the registry was last heard: what a restart in an outage can tell of its age.
    private static readonly TimeSpan MarkPace = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _stop = new();
    private readonly ReadingThread _thread = new("configuration");
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

    /// <summary>Where registry data may lead this node. Default: anywhere; set before <see cref="Start"/>, and afterwards by <see cref="Restrict"/>.</summary>
    public ReachRules Reach { get; private set; } = ReachRules.Unbounded;

    /// <summary>Takes other rules of where registry data may lead, and compiles again what the registry last said.</summary>
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

    /// <summary>A new snapshot is in use (its revision differs from the last one's, or which services the registry looks at). Called on the watch's thread: be quick, do not throw.</summary>
    public event Action<MeshSnapshot>? Changed;

    /// <summary>Anything that is shown changed: snapshot, errors or nodes.</summary>
    public event Action? Updated;

    /// <summary>The snapshot in use; <see cref="MeshSnapshot.Empty"/> while there is none.</summary>
    public MeshSnapshot Current => _state.Snapshot;

    /// <summary>Its revision.</summary>
    public string Revision => _state.Snapshot.Revision;

    /// <summary>Where it comes from.</summary>
    public ConfigurationOrigin Origin => _state.Origin;

    /// <summary>Whether what is in use is exactly what the registry says now (SYNCED, otherwise STALE).</summary>
    public bool Synced => _state.Synced;

    /// <summary>Whether the registry could be read the last time; null: there was no answer yet, good or bad.</summary>
    public bool? Reached => _state.Reached;

    /// <summary>
    /// Time since the registry last answered, by the monotonic clock, which no setting of the clock moves. After a start from the disk it goes on from the age of
    /// the stored configuration, which is as good as the clock was on both sides. Null: not known.
    /// </summary>
    public TimeSpan? RegistryAge => registry.HeardAt is { } heard ? time.GetElapsedTime(heard) : _storedAge + time.GetElapsedTime(_startedAt);

    /// <summary>All that is wrong with the registry and the store now.</summary>
    public ImmutableArray<ConfigError> Errors => _state.Errors;

    /// <summary>The entries in use, as they were declared.</summary>
    public EntrySet Entries => _state.View.Entries;

    /// <summary>What the registry calls the cluster; null when it has no name for it.</summary>
    public string? Datacenter => _state.View.Datacenter;

    /// <summary>The nodes, by name.</summary>
    public ImmutableArray<NodeLiveness> Nodes =>
        [.. _state.View.Nodes.Select(node => new NodeLiveness(node.Record, node.Alive, node.HeardAt is { } heard ? time.GetElapsedTime(heard) : null))];

    /// <summary>Completes when there is something to serve from (registry or disk), or the registry has answered for the first time, if only with errors.</summary>
    public Task Answered => _answered.Task;

    /// <summary>Reads the store, then begins to watch. Returns when the stored configuration, if any, is in use.</summary>
    public void Start()
    {
        _startedAt = time.GetTimestamp();
        if (store?.Load(out _storeError) is { } stored)
        {
            _storedAge = store.HeardAt() is { } heard && time.GetUtcNow() - heard is { Ticks: >= 0 } age ? age : null;
            Swap(Compile(LiveState.Nothing with { View = stored, Origin = ConfigurationOrigin.Store }), answered: true);
            _storedRevision = Revision;
            _coldStart = stored.Catalogue is { } known ? new ColdStart(known, time) : null;
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
                // A fault of ours, or of who listens to a change: a process that goes on must not go on deaf.
                Fault(exception);
                await Task.Delay(WatchRetry, time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private void Fault(Exception exception)
    {
        lock (_lock)
        {
            var error = new ConfigError(SourceLocation.Option(registry.Name), "", $"a fault kept a change from being used ({exception.GetType().Name}: {exception.Message})", "report it; the watch begins again");
            _state = _state with { Synced = false, Errors = [error, .. Some(_storeError)] };
        }
    }

    private void Take(RegistryReport report)
    {
        lock (_lock)
        {
            var last = _state;
            var view = last.View.With(report);
            if (_coldStart is not null && report.Catalogue is { } said)
            {
                view = view with { Catalogue = _coldStart.With(view.Catalogue ?? said) };
            }

            // One that comes between the end of the cold start and the second look at the last report is that last report.
            _lastReport = _coldStart is not null || _lastReport is not null ? report : null;

            var complete = report.IsComplete;
            var origin = complete ? ConfigurationOrigin.Registry : last.Origin;
            var next = Compile(new LiveState(last.Snapshot, view, origin, complete && report.Errors.IsEmpty, []) { Reached = report.Reached });
            Swap(next with { Errors = [.. report.Errors, .. report.Remarks, .. Some(_storeError)] }, answered: true);
            if (complete && next.Snapshot.Revision != _storedRevision)
            {
                // Nodes speak all the time; the disk hears only of what changes the snapshot, after who uses it, and not of each step of a storm.
                (_unstored, _storedRevision) = (view, next.Snapshot.Revision);
                SaveWhenDue(StorePace);
            }

            Updated?.Invoke();
        }
    }

    // Under the lock, or before there is a second thread. Who hears of a change finds Answered complete.
    private void Swap(LiveState next, bool answered)
    {
        var changed = next.Snapshot != _state.Snapshot;
        _state = next;
        if (answered)
        {
            _ = _answered.TrySetResult();
        }

        if (changed)
        {
            Changed?.Invoke(next.Snapshot);
        }
    }

    // Before anything is known there is no snapshot, which is not the same as the snapshot of nothing.
    private LiveState Compile(LiveState next, bool again = false)
    {
        if (next.Origin == ConfigurationOrigin.None || (!again && Same(next.View, _state.View) && next.Origin == _state.Origin))
        {
            return next;
        }

        var compiled = SnapshotCompiler.Compile(next.View.Entries, next.View.Nodes, next.View.Catalogue, next.View.Intentions, next.View.Datacenter ?? cluster, Reach);
        return compiled.Revision == next.Snapshot.Revision && compiled.LooksAtTheSame(next.Snapshot) ? next : next with { Snapshot = compiled };
    }

    // Touches change nothing but the time at which a node was heard: no reason to compile.
    private static bool Same(RegistryView left, RegistryView right) =>
        ReferenceEquals(left.Entries, right.Entries)
        && left.Catalogue == right.Catalogue
        && ReferenceEquals(left.Intentions, right.Intentions)
        && left.Nodes.Length == right.Nodes.Length
        && left.Nodes.Zip(right.Nodes).All(pair => ReferenceEquals(pair.First.Record, pair.Second.Record) && pair.First.Alive == pair.Second.Alive);

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

    // A thread of the pool never waits for one that compiles: the next tick comes in a second.
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

    // Under the lock.
    private void MarkWhenDue(TimeSpan pause)
    {
        if (_state.Origin != ConfigurationOrigin.Registry || registry.HeardAt is not { } heard || (_markedAt is { } marked && time.GetElapsedTime(marked) < pause))
        {
            return;
        }

        _markedAt = time.GetTimestamp();
        store?.Mark(time.GetUtcNow() - time.GetElapsedTime(heard));
    }

    // Under the lock.
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
