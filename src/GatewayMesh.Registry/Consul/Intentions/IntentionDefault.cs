using System.Security.Cryptography;
using System.Text.Json;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Registry.Consul.Watching;

namespace GatewayMesh.Registry.Consul.Intentions;

/// <summary>
/// What the agent says of two services that no intention can name: its default, which follows from its ACLs. Before that it is asked which intentions there are for
/// such a name: that is 403 without a right to read intentions, while their list leaves out, without a word, what the token may not read.
/// </summary>
/// <param name="context">What watches share.</param>
internal sealed class IntentionDefault(WatchContext context) : IDisposable
{
    /// <summary>Time between two questions when nothing changes: 60 s.</summary>
    public static TimeSpan Interval { get; } = TimeSpan.FromSeconds(60);

    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly Lock _lock = new();
    private long _begun;
    private volatile string? _error;
    private volatile IntentionDefaultAnswer? _answer;

    /// <summary>What was said last; null while nothing was.</summary>
    public IntentionDefaultAnswer? Answer => _answer;

    /// <summary>What is wrong with asking now, or null.</summary>
    public string? Error => _error;

    /// <summary>Asks soon, as the intentions have changed. Returns the number of the question; answers to earlier ones may be about the intentions before.</summary>
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

    /// <summary>Asks until cancelled; never throws.</summary>
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
            // Names that nobody can know, each time others: an intention for one of them would have to be for all.
            var nobody = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
            _ = (await context.Agents.GetAsync($"/v1/connect/intentions/match?by=destination&name=nobody-{nobody}", cancellation).ConfigureAwait(false)).OrThrow();
            var answer = await context.Agents.GetAsync($"/v1/connect/intentions/check?source=nobody-{nobody}&destination=nobody-{nobody}", cancellation).ConfigureAwait(false);
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
            _error = $"the intentions cannot be read: {failure.Message}; a token needs service_prefix \"\" with policy read and without intentions deny";
            if (_error != error)
            {
                context.Changed();
            }

            return false;
        }
    }
}
