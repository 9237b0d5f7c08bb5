using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace GatewayMesh.Fixtures.Kubernetes;

/// <summary>One watch of the stub, until its time is over, its client leaves, or a fault ends it.</summary>
internal sealed class ApiWatch(ApiStore store, ApiFaults faults, ApiKind kind, ApiCall call, TimeProvider time)
{
    private static readonly TimeSpan BookmarkInterval = TimeSpan.FromSeconds(60);

    // Before the end.
    private static readonly TimeSpan[] LastBookmarks = [TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(1)];

    private readonly CancellationTokenSource _end = new();
    private readonly SemaphoreSlim _writing = new(1);
    private readonly Selector _selector = Selector.Of(call, kind);
    private readonly bool _isPartial = ApiLists.IsPartial(call);
    private readonly bool _marks = call["allowWatchBookmarks"] == "true";
    private HttpContext? _context;
    private long _version;

    /// <summary>The request.</summary>
    public ApiCall Call => call;

    /// <summary>Number of lines sent so far.</summary>
    public int Lines { get; private set; }

    /// <summary>Ends the body cleanly, as SIGTERM and <c>timeoutSeconds</c> do.</summary>
    public void End() => _end.Cancel();

    /// <summary>Cuts the connection in the middle of a line.</summary>
    public async Task CutAsync(string half)
    {
        await _writing.WaitAsync().ConfigureAwait(false);
        try
        {
            if (_context is { } context)
            {
                await context.Response.WriteAsync(half).ConfigureAwait(false);
                await context.Response.Body.FlushAsync().ConfigureAwait(false);
                context.Abort();
            }
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Sends a line as it is.</summary>
    public Task SendAsync(string line) => WriteAsync(line);

    /// <summary>Serves the watch.</summary>
    public async Task RunAsync(HttpContext context)
    {
        var version = Check();
        context.Response.ContentType = "application/json";
        _context = context;
        await context.Response.StartAsync(context.RequestAborted).ConfigureAwait(false);
        await context.Response.Body.FlushAsync(context.RequestAborted).ConfigureAwait(false);
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _end.Token);
        try
        {
            if (version is { } from && (from < store.Oldest || faults.Expired))
            {
                await WriteAsync(Error(string.Create(CultureInfo.InvariantCulture, $"too old resource version: {from} ({store.Oldest})")))
                    .ConfigureAwait(false);
                return;
            }

            if (version is null && faults.StoreFrozen && call["resourceVersion"] != "0")
            {
                await Task.Delay(Timeout.Infinite, gone.Token).ConfigureAwait(false);
            }

            _version = version ?? await StartAsync().ConfigureAwait(false);
            await FollowAsync(gone.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (gone.IsCancellationRequested)
        {
            // The client left, or the watch ends cleanly.
        }
        finally
        {
            await _writing.WaitAsync().ConfigureAwait(false);
            _context = null;
            _writing.Release();
        }
    }

    // The version to continue from; null: all there is first.
    private long? Check()
    {
        var (text, sends) = (call["resourceVersion"] ?? "", call["sendInitialEvents"] == "true");
        if (call.Has("sendInitialEvents") && faults.WatchListOff)
        {
            throw Forbidden("sendInitialEvents", "sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled");
        }

        if (sends && call["resourceVersionMatch"] != "NotOlderThan")
        {
            throw Forbidden("resourceVersionMatch", "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan");
        }

        if (!call.Has("sendInitialEvents") && call.Has("resourceVersionMatch"))
        {
            throw Forbidden("resourceVersionMatch", "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided");
        }

        if (text is "" or "0" || sends)
        {
            return null;
        }

        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? version
            : throw ApiFailureException.Of(500, "InternalError", $"Internal error occurred: strconv.ParseUint: parsing \"{text}\": invalid syntax");
    }

    private static ApiFailureException Forbidden(string field, string message) =>
        ApiFailureException.Invalid("meta.k8s.io", "ListOptions", "", [("FieldValueForbidden", $"Forbidden: {message}", field)]);

    private async Task<long> StartAsync()
    {
        var (objects, version) = store.Now(kind);
        foreach (var stored in objects.Values.Where(_selector.Matches))
        {
            await WriteAsync(Line("ADDED", stored)).ConfigureAwait(false);
        }

        if (_marks)
        {
            await WriteAsync(Bookmark(version, endsStart: true)).ConfigureAwait(false);
        }

        return version;
    }

    private async Task FollowAsync(CancellationToken cancellation)
    {
        var began = time.GetTimestamp();
        var life = int.TryParse(call["timeoutSeconds"], out var seconds) ? TimeSpan.FromSeconds(seconds) : TimeSpan.FromMinutes(40);
        var marks = new Queue<TimeSpan>(Marks(life));
        while (true)
        {
            var (events, version, next) = store.After(kind, _version);
            foreach (var change in events)
            {
                await SendAsync(change).ConfigureAwait(false);
            }

            _version = Math.Max(_version, version);
            if (!store.IsInstalled(kind))
            {
                return;
            }

            var age = time.GetElapsedTime(began);
            if (age >= life)
            {
                return;
            }

            if (marks.TryPeek(out var mark) && age >= mark)
            {
                _ = marks.Dequeue();

                // A version from the future is silent until the counter gets there.
                if (_marks && _version <= version)
                {
                    await WriteAsync(Bookmark(_version, endsStart: false)).ConfigureAwait(false);
                }

                continue;
            }

            var until = (marks.Count > 0 ? marks.Peek() : life) - age;
            await next.WaitAsync(until, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellation.ThrowIfCancellationRequested();
        }
    }

    // Every minute, and shortly before the end; none in a watch of 5 s or less.
    private static IEnumerable<TimeSpan> Marks(TimeSpan life)
    {
        var ends = life > TimeSpan.FromSeconds(5) ? LastBookmarks.Select(last => life - last) : [];
        var minutes = Enumerable.Range(1, (int)(life / BookmarkInterval)).Select(minute => minute * BookmarkInterval);
        return minutes.Where(mark => mark < life - LastBookmarks[0]).Concat(ends);
    }

    private Task SendAsync(StoreEvent change)
    {
        var (was, isNow) = (_selector.Matches(change.Before), _selector.Matches(change.After));
        return (was, isNow) switch
        {
            (false, true) => WriteAsync(Line("ADDED", change.Last)),
            (true, true) => WriteAsync(Line("MODIFIED", change.Last)),
            (true, false) when change.After is null => WriteAsync(Line("DELETED", change.Last)),
            (true, false) => WriteAsync(Line("DELETED", Left(change))),
            _ => Task.CompletedTask,
        };
    }

    // The object left the selection: its state before, with the version of the change.
    private static StoredObject Left(StoreEvent change)
    {
        var json = change.Before!.ToJson();
        json["metadata"]!["resourceVersion"] = change.Version.ToString(CultureInfo.InvariantCulture);
        return new StoredObject(change.Kind, json, change.Before.Owners);
    }

    private string Line(string type, StoredObject stored) => $"{{\"type\":\"{type}\",\"object\":{(_isPartial ? stored.Partial : stored.Text)}}}\n";

    private string Bookmark(long version, bool endsStart)
    {
        var (name, api, zero) = _isPartial ? ("PartialObjectMetadata", "meta.k8s.io/v1", "") : (kind.Kind, kind.ApiVersion, kind.Zero);
        var mark = endsStart ? ",\"annotations\":{\"k8s.io/initial-events-end\":\"true\"}" : "";
        var rest = zero.Length > 0 ? $",{zero.Trim()}" : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{{\"type\":\"BOOKMARK\",\"object\":{{\"kind\":\"{name}\",\"apiVersion\":\"{api}\",\"metadata\":{{\"resourceVersion\":\"{version}\"{mark}}}{rest}}}}}\n");
    }

    private static string Error(string message) =>
        $"{{\"type\":\"ERROR\",\"object\":{ApiFailureException.Status(410, "Expired", message, null).ToJsonString()}}}\n";

    private async Task WriteAsync(string line)
    {
        await _writing.WaitAsync().ConfigureAwait(false);
        try
        {
            if (_context is { } context)
            {
                await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(line), context.RequestAborted).ConfigureAwait(false);
                await context.Response.Body.FlushAsync(context.RequestAborted).ConfigureAwait(false);
                Lines++;
            }
        }
        finally
        {
            _writing.Release();
        }
    }
}
