using System.Globalization;
using System.Text.Json;
using GatewayMesh.Registry.Kubernetes.Api;
using GatewayMesh.Registry.Kubernetes.Objects;

namespace GatewayMesh.Registry.Kubernetes.Watching;

/// <summary>
/// Follows all objects of a kind. Starts with a streaming list, swaps to the new set when it is complete, then applies changes. A clean end
/// continues from the last version; every error starts anew, because a version that the cluster no longer knows can be silent forever (a
/// store restored from a backup). The old set stays in use until a new one is complete.
/// </summary>
/// <typeparam name="T">The kind.</typeparam>
/// <typeparam name="TKept">The part of an object that is kept; the object itself is dropped at once.</typeparam>
public sealed class ObjectWatch<T, TKept> : IObjectWatch
    where T : class, IKubernetesObject
    where TKept : class
{
    // Shortest life of a watch that the server ended by its plan.
    private static readonly TimeSpan Brief = TimeSpan.FromSeconds(1);

    private readonly ApiClient _client;
    private readonly ApiResource<T> _resource;
    private readonly ApiSelection _selection;
    private readonly ObjectWatchOptions _options;
    private readonly Jitter _jitter;
    private readonly ObjectCollection<T, TKept> _objects;
    private volatile WatchReport _report = new(WatchState.Starting, null);
    private string _position = "";
    private bool _lists;
    private bool _fromCache;
    private int _errors;
    private long _followsSince;
    private long _heardAt;

    /// <summary>Creates a watch; nothing is sent before <see cref="RunAsync"/>.</summary>
    /// <param name="client">The API server.</param>
    /// <param name="resource">The kind.</param>
    /// <param name="selection">The objects.</param>
    /// <param name="keep">Projects an object to what is kept of it; null: the object is ignored. Must be pure.</param>
    /// <param name="options">Clock, jitter, times, notification.</param>
    public ObjectWatch(
        ApiClient client, ApiResource<T> resource, ApiSelection selection, Func<T, TKept?> keep, ObjectWatchOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        (_client, _resource, _selection, _options) = (client, resource, selection, options);
        (_jitter, _objects) = (new Jitter(options.Random), new ObjectCollection<T, TKept>(keep));
    }

    /// <summary>The set in use. Empty before the first start is complete (<see cref="WatchReport.HasSet"/>).</summary>
    public ObjectSet<TKept> Current => _objects.Current;

    /// <inheritdoc/>
    public WatchReport Report => _report;

    /// <inheritdoc/>
    public long? HeardAt => Interlocked.Read(ref _heardAt) is > 0 and var heard ? heard : null;

    /// <inheritdoc/>
    public string Plural => _resource.Plural;

    /// <inheritdoc/>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                var pause = Plan(await FollowAsync(cancellation).ConfigureAwait(false));
                if (pause > TimeSpan.Zero)
                {
                    await Task.Delay(pause, _options.Time, cancellation).ConfigureAwait(false);
                }
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private Task<WatchEnd> FollowAsync(CancellationToken cancellation) =>
        _position.Length == 0 && _lists ? ListAsync(cancellation) : WatchAsync(_position.Length == 0, cancellation);

    private async Task<WatchEnd> ListAsync(CancellationToken cancellation)
    {
        _objects.Begin();
        try
        {
            var list = new ListMeta();
            do
            {
                var page = await _client.PageAsync(
                    _resource,
                    _selection,
                    list.Continue,
                    _fromCache,
                    read => _ = _objects.Put(read.Value, read.Metadata, read.Problem),
                    cancellation).ConfigureAwait(false);
                if (!page.IsOk)
                {
                    // A server without its store lists only from its cache.
                    return !_fromCache && page.Error is { Code: 504 } or { Reason: ApiError.NoAnswer }
                        ? new WatchEnd(WatchEndKind.Silent, page.Error)
                        : WatchEnd.Of(page.Error, isStreamingList: false);
                }

                list = page.Value;
            }
            while (list.Continue.Length > 0);
            Complete(list.ResourceVersion);
            return new WatchEnd(WatchEndKind.Listed, null);
        }
        finally
        {
            _objects.Abandon();
        }
    }

    private async Task<WatchEnd> WatchAsync(bool isStart, CancellationToken cancellation)
    {
        using var watchdog = new CancellationTokenSource(_options.Times.Start, _options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(watchdog.Token, cancellation);
        try
        {
            var opened = await _client.OpenAsync(Request(isStart), either.Token).ConfigureAwait(false);
            if (!opened.IsOk)
            {
                return WatchEnd.Of(opened.Error, isStart);
            }

            await using var stream = opened.Value.ConfigureAwait(false);
            return await ReadAsync(opened.Value.Body, isStart, watchdog, either.Token).ConfigureAwait(false);
        }
        catch (Exception silence) when (
            silence is OperationCanceledException or IOException
            && watchdog.IsCancellationRequested
            && !cancellation.IsCancellationRequested)
        {
            var error = new ApiError(0, ApiError.NoAnswer, $"{_client.Name} is silent");
            return new WatchEnd(_position.Length == 0 ? WatchEndKind.Silent : WatchEndKind.Failed, error);
        }
        catch (IOException failure)
        {
            return WatchEnd.Broken($"{_client.Name} cut the watch: {failure.Message}");
        }
        catch (JsonException failure)
        {
            return WatchEnd.Broken($"{_client.Name} sent a line that is no event: {failure.Message}");
        }
        finally
        {
            _objects.Abandon();
        }
    }

    private async Task<WatchEnd> ReadAsync(Stream body, bool isStart, CancellationTokenSource watchdog, CancellationToken cancellation)
    {
        if (isStart)
        {
            _objects.Begin();
        }
        else
        {
            Follow(changed: false);
        }

        using var lines = new LineReader(body, LineReader.Longest);
        while (true)
        {
            var next = lines.ReadAsync(cancellation);
            if (!next.IsCompleted)
            {
                watchdog.CancelAfter(_position.Length == 0 ? _options.Times.Start : _options.Times.Silence);
            }

            var line = await next.ConfigureAwait(false);
            Interlocked.Exchange(ref _heardAt, _options.Time.GetTimestamp());
            if (line.IsEnd)
            {
                return _position.Length == 0
                    ? WatchEnd.Broken($"{_client.Name} ended the watch before its initial events were complete")
                    : new WatchEnd(WatchEndKind.Clean, null);
            }

            if (line.IsTooLong)
            {
                Say(_report.State, $"an object of {Plural} is larger than {LineReader.Longest / (1024 * 1024)} MiB and was ignored; make it smaller");
            }
            else if (Take(WatchLine.Read(line.Line.Span, _resource.Json)) is { } error)
            {
                return WatchEnd.Of(error, isStreamingList: false);
            }
        }
    }

    // Returns the error of an error line.
    private ApiError? Take(WatchEvent<T> read)
    {
        switch (read.Kind)
        {
            case WatchEventKind.Error:
                return ApiError.Of(read.Status!, 200);
            case WatchEventKind.Added or WatchEventKind.Modified:
                Note(_objects.Put(read.Value, read.Metadata, read.Problem));
                break;
            case WatchEventKind.Deleted:
                Note(_objects.Remove(read.Metadata.Key));
                break;
            case WatchEventKind.Bookmark when read.EndsStart && _position.Length == 0:
                Complete(read.Metadata.ResourceVersion);
                return null;
            default:
                break;
        }

        if (_position.Length > 0 && read.Metadata.ResourceVersion.Length > 0)
        {
            _position = read.Metadata.ResourceVersion;
        }

        return null;
    }

    // The time to wait before the next request.
    private TimeSpan Plan(WatchEnd end)
    {
        var lived = _followsSince == 0 ? TimeSpan.Zero : _options.Time.GetElapsedTime(_followsSince);
        _followsSince = 0;
        if (lived >= _options.Times.Healthy)
        {
            _errors = 0;
        }

        switch (end.Kind)
        {
            case WatchEndKind.Clean:
                // A server that ends each watch at once must not be asked in a busy loop.
                return lived >= Brief ? TimeSpan.Zero : Pause();
            case WatchEndKind.Listed:
                return TimeSpan.Zero;
            case WatchEndKind.Unsupported:
                _lists = true;
                return TimeSpan.Zero;
            case WatchEndKind.Silent when !_fromCache:
                _fromCache = true;
                Interrupt($"{end.Error!.Describe()}; check its store (etcd)");
                return TimeSpan.Zero;
            default:
                (_position, _lists, _fromCache) = ("", false, false);
                return PauseAfter(end);
        }
    }

    private TimeSpan PauseAfter(WatchEnd end)
    {
        if (end.Kind == WatchEndKind.Absent)
        {
            _errors = 0;
            Say(WatchState.Absent, AbsenceOf(end.Error!));
            return _options.Times.Absent;
        }

        Interrupt(end.Error!.Code == 401 ? $"{end.Error.Describe()}; check the token of this account" : end.Error.Describe());

        if (end.Kind == WatchEndKind.Expired && _errors == 0)
        {
            // A first expired version is no sign of trouble; a storm of them is.
            _errors = 1;
            return TimeSpan.Zero;
        }

        return (end.Error.RetryAfter ?? TimeSpan.Zero) + Pause();
    }

    private TimeSpan Pause()
    {
        var most = Math.Min(_options.Times.BackoffMax.Ticks, _options.Times.Backoff.Ticks << Math.Min(_errors, 20));
        _errors++;
        return _jitter.UpTo(TimeSpan.FromTicks(most));
    }

    private string AbsenceOf(ApiError error) => error.Code == 403
        ? $"{error.Describe()}; grant list and watch on {Plural} of API group '{_resource.Group}' to this account"
        : $"{Plural} of {_resource.ApiVersion} are not served by this cluster ({error.Describe()}); install their CRD";

    private void Complete(string version)
    {
        var changed = _objects.Swap();
        Interlocked.Exchange(ref _heardAt, _options.Time.GetTimestamp());
        (_position, _lists, _fromCache) = (version, false, false);
        Follow(changed);
    }

    private void Follow(bool changed)
    {
        _followsSince = _options.Time.GetTimestamp();
        var report = new WatchReport(WatchState.Following, null) { HasSet = true, Unreadable = _objects.Unreadable };
        if (changed | (report != _report))
        {
            _report = report;
            _options.Changed();
        }
    }

    private void Note(bool changed)
    {
        if (!ReferenceEquals(_report.Unreadable, _objects.Unreadable))
        {
            _report = _report with { Unreadable = _objects.Unreadable };
            changed = true;
        }

        if (changed)
        {
            _options.Changed();
        }
    }

    private void Interrupt(string trouble) => Say(_report.HasSet ? WatchState.Interrupted : WatchState.Starting, trouble);

    private void Say(WatchState state, string trouble)
    {
        if (_report.State != state || _report.Trouble != trouble)
        {
            _report = _report with { State = state, Trouble = trouble };
            _options.Changed();
        }
    }

    private ApiRequest Request(bool isStart)
    {
        var seconds = (int)_jitter.Around(_options.Times.Watch, 0.2).TotalSeconds;
        var start = !isStart ? $"watch=true&resourceVersion={Uri.EscapeDataString(_position)}"
            : _fromCache ? "watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&resourceVersion=0"
            : "watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan";
        var query = string.Create(CultureInfo.InvariantCulture, $"{start}&allowWatchBookmarks=true&timeoutSeconds={seconds}");
        return new ApiRequest(HttpMethod.Get, _selection.Question(_resource.PathOf(_selection.Namespace), query))
        {
            Accept = _resource.IsMetadataOnly ? "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1" : ApiRequest.Json,
        };
    }
}
