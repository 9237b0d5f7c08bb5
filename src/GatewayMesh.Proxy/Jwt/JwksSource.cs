using System.Text;
using GatewayMesh.Configuration.Policies.Jwt;
using GatewayMesh.Proxy.Upstreams;

namespace GatewayMesh.Proxy.Jwt;

/// <summary>
/// The live key set of one source, read in the background; the last good set stays in use:
/// <code>
/// url:  every `refresh` ± 20 %; after a failure 1 s, doubled up to `refresh`, at most 1 min; for an unknown key at once, at most once
///       in 5 s; kept on disk for the next start of the process
/// file: every second if it has changed
/// </code>
/// </summary>
internal sealed class JwksSource(
    JwksModel declared, JwksFetcher fetcher, JwksFolder? folder, JwksEvents events, TimeProvider time, Func<double> random) : IDisposable
{
    /// <summary>Shortest time between two readings for unknown keys: 5 s.</summary>
    public static readonly TimeSpan SeekPeriod = TimeSpan.FromSeconds(5);

    private const int MaxWaiting = 64;

    private static readonly TimeSpan FilePeriod = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SlowestRetry = TimeSpan.FromMinutes(1);

    private readonly CancellationTokenSource _end = new();
    private readonly Lock _lock = new();
    private Task? _reading;
    private long _soughtAt;
    private int _failures;
    private (DateTime Written, long Length) _file;
    private int _waiting;
    private bool _isRestored;
    private volatile JwkSet? _keys;
    private volatile JwksModel _model = declared;
    private volatile TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The last good key set; null before the first.</summary>
    public JwkSet? Keys => _keys;

    // True if the last complete reading succeeded.
    private bool IsCurrent => _keys is not null && Volatile.Read(ref _failures) == 0;

    /// <summary>Reads the keys from now on.</summary>
    public void Start() => _ = Task.Run(RunAsync);

    /// <summary>Applies the refresh and timeout of <paramref name="model"/>, which has the same location. The keys stay.</summary>
    public void Declare(JwksModel model)
    {
        var before = _model;
        _model = model;
        if (before.Refresh != model.Refresh)
        {
            _changed.TrySetResult(); // reads now, and then with the new period
        }
    }

    /// <summary>
    /// Completes when the keys were read because of an unknown key, or after <paramref name="wait"/>. At once if they were read for that
    /// reason in the last 5 s, or if 64 others wait, so that forged key IDs cause no load. Before the first key set, all wait.
    /// </summary>
    /// <returns>True if the last reading succeeded: a key that is still unknown does not exist. False if that is uncertain.</returns>
    public async Task<bool> SeekAsync(TimeSpan wait)
    {
        Task reading;
        lock (_lock)
        {
            if (_reading is { IsCompleted: false } running)
            {
                reading = running;
            }
            else if (_soughtAt != 0 && time.GetElapsedTime(_soughtAt) < SeekPeriod)
            {
                return IsCurrent;
            }
            else
            {
                _soughtAt = Math.Max(1, time.GetTimestamp());
                reading = _reading = Task.Run(ReadAsync);
            }
        }

        try
        {
            if (Interlocked.Increment(ref _waiting) <= MaxWaiting || _keys is null)
            {
                await Task.WhenAny(reading, Task.Delay(wait, time, _end.Token)).ConfigureAwait(false);
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }

        return reading.IsCompleted && IsCurrent;
    }

    /// <inheritdoc/>
    public void Dispose() => _end.Cancel();

    private async Task RunAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            await OnceAsync().ConfigureAwait(false);
            if (_model.Inline.Length > 0)
            {
                return;
            }

            var changed = _changed;
            await changed.Task.WaitAsync(Period(), time, _end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (changed.Task.IsCompleted)
            {
                _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }
    }

    private Task OnceAsync()
    {
        lock (_lock)
        {
            return _reading is { IsCompleted: false } running ? running : _reading = Task.Run(ReadAsync);
        }
    }

    private TimeSpan Period()
    {
        var model = _model;
        if (model.File.Length > 0)
        {
            return FilePeriod;
        }

        if (_failures == 0)
        {
            return model.Refresh * (0.8 + (0.4 * random()));
        }

        var slowest = model.Refresh < SlowestRetry ? model.Refresh : SlowestRetry;
        var retry = FirstRetry * Math.Pow(2, Math.Min(_failures - 1, 16));
        return (retry < slowest ? retry : slowest) * (0.8 + (0.4 * random()));
    }

    private async Task ReadAsync()
    {
        var model = _model;
        try
        {
            Restore(model);
            var state = FileStateOf(model);
            if (model.File.Length > 0 && state == _file && _failures == 0 && _keys is not null)
            {
                return;
            }

            using var limit = new CancellationTokenSource(model.Timeout, time);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _end.Token);
            var text = model.Inline.Length > 0 ? Encoding.UTF8.GetBytes(model.Inline)
                : model.File.Length > 0 ? JwksFetcher.ReadFile(model.File)
                : await fetcher.FetchAsync(new Uri(model.Url), both.Token).ConfigureAwait(false);
            var keys = JwkSetReader.Read(text, out var fault);
            if (keys is null)
            {
                Fail(model, fault);
                return;
            }

            _file = state;
            var isNew = _keys is not { } known || known.Keys.Length != keys.Keys.Length || !keys.Keys.All(known.Holds);
            _keys = keys;
            _failures = 0;
            events.Record(model, null, isNew ? keys.Keys.Length : -1);
            if (isNew)
            {
                Keep(model, text.Span);
            }
        }
        catch (Exception failure) when (
            failure is IOException or UnauthorizedAccessException or OperationCanceledException or NotSupportedException)
        {
            if (!_end.IsCancellationRequested)
            {
                Fail(model, failure is OperationCanceledException ? "no complete answer in time" : failure.Message);
            }
        }
    }

    private void Restore(JwksModel model)
    {
        if (_isRestored || folder is null || model.Url.Length == 0)
        {
            return;
        }

        _isRestored = true;
        try
        {
            if (folder.Read(model.Url) is not { } text)
            {
                return;
            }

            _keys = JwkSetReader.Read(text, out var fault);
            if (_keys is { } keys)
            {
                events.Restore(model, keys.Keys.Length);
            }
            else
            {
                events.Ignore(model, fault);
            }
        }
        catch (IOException unreadable)
        {
            events.Ignore(model, unreadable.Message);
        }
    }

    private void Keep(JwksModel model, ReadOnlySpan<byte> text)
    {
        if (folder is null || model.Url.Length == 0)
        {
            return;
        }

        try
        {
            folder.Write(model.Url, text);
        }
        catch (IOException failure)
        {
            events.FailToKeep(model, failure.Message);
        }
    }

    private static (DateTime Written, long Length) FileStateOf(JwksModel model)
    {
        if (model.File.Length == 0)
        {
            return default;
        }

        var file = new FileInfo(model.File);
        return file.Exists ? (file.LastWriteTimeUtc, file.Length) : default;
    }

    private void Fail(JwksModel model, string fault)
    {
        Interlocked.Increment(ref _failures);
        events.Record(model, fault, -1);
    }
}
