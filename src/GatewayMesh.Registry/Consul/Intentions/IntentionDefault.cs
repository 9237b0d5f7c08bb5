using System.Security.Cryptography;
using System.Text.Json;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Registry.Consul.Watching;

namespace GatewayMesh.Registry.Consul.Intentions;

/// <summary>
/// The agent's decision for two services that no intention names: the default, which follows from its ACLs. Each check first asks for the
/// intentions of such a name. That query is 403 without the right to read intentions, while a list silently omits what the token may not
/// read.
/// </summary>
/// <param name="context">The state shared by all watches.</param>
internal sealed class IntentionDefault(WatchContext context) : IDisposable
{
    /// <summary>Interval between checks when nothing changes: 60 s.</summary>
    public static TimeSpan Interval { get; } = TimeSpan.FromSeconds(60);

    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly Lock _lock = new();
    private long _begun;
    private volatile string? _error;
    private volatile IntentionDefaultAnswer? _answer;

    /// <summary>The last answer; null before the first.</summary>
    public IntentionDefaultAnswer? Answer => _answer;

    /// <summary>The current error, or null.</summary>
    public string? Error => _error;

    /// <summary>
    /// Asks soon, because the intentions changed. Returns the number of that query; answers to earlier queries may be from before the
    /// change.
    /// </summary>
    public long Nudge()
    {
        lock (_lock)
        {
            if (_wake.CurrentCount == 0)
            {
                _ = _wake.Release();
            }

            return _begun + 1;
        }
    }

    /// <summary>Keeps the default current until cancelled; never throws.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        for (var errors = 0; !cancellation.IsCancellationRequested;)
        {
            errors = await AskAsync(cancellation).ConfigureAwait(false) ? 0 : errors + 1;
            using var rest = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            var pause = errors == 0 ? context.Jitter.Around(Interval, 0.1) : context.Pause(errors);
            _ = await Task.WhenAny(Task.Delay(pause, context.Time, rest.Token), _wake.WaitAsync(rest.Token)).ConfigureAwait(false);
            await rest.CancelAsync().ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _wake.Dispose();

    private async Task<bool> AskAsync(CancellationToken cancellation)
    {
        var error = _error;
        long number;
        lock (_lock)
        {
            number = ++_begun;
        }

        try
        {
            // Fresh random names every time: only an intention for all services can match such a name.
            var unknown = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
            _ = (await context.Agents.GetAsync($"/v1/connect/intentions/match?by=destination&name=nobody-{unknown}",
                cancellation).ConfigureAwait(false)).OrThrow();
            var path = $"/v1/connect/intentions/check?source=nobody-{unknown}&destination=nobody-{unknown}";
            var answer = await context.Agents.GetAsync(path, cancellation).ConfigureAwait(false);
            using var document = ConsulJson.Parse(answer.OrThrow().Body);
            var action = document.RootElement.GetProperty("Allowed").GetBoolean() ? IntentionAction.Allow : IntentionAction.Deny;
            (_answer, _error) = (new IntentionDefaultAnswer(number, action), null);
            context.Changed();
            return true;
        }
        catch (OperationCanceledException)
        {
            return true;
        }
        catch (Exception failure) when (failure is IOException or JsonException or InvalidOperationException or KeyNotFoundException)
        {
            _error = $"the intentions cannot be read: {failure.Message}; "
                + "grant the token service_prefix \"\" with policy read and without intentions deny";
            if (_error != error)
            {
                context.Changed();
            }

            return false;
        }
    }
}
