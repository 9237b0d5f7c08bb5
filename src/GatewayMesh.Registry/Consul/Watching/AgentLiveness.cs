using System.Text.Json;
using GatewayMesh.Registry.Consul.Agents;
using GatewayMesh.Registry.Consul.Catalog;

namespace GatewayMesh.Registry.Consul.Watching;

/// <summary>
/// Polls Consul's own servers every few seconds: a query that passes through agent and server and is never empty for a token with read
/// rights. Cancels the long polls at an agent that has fallen silent.
/// </summary>
internal sealed class AgentLiveness(WatchContext context) : IDisposable
{
    /// <summary>The polled path.</summary>
    public const string Question = "/v1/health/service/consul?stale";

    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly Lock _lock = new();
    private CancellationTokenSource _silence = new();
    private ConsulAgent? _agent;
    private volatile string? _error;
    private volatile string? _datacenter;
    private volatile bool _beats;
    private long _heardAt;

    /// <summary>Time of the last good answer by the monotonic clock; null: never.</summary>
    public long? HeardAt => Volatile.Read(ref _heardAt) is not 0 and var at ? at : null;

    /// <summary>The error of Consul as a whole, or null.</summary>
    public string? Error => _error;

    /// <summary>True if Consul answers now.</summary>
    public bool Beats => _beats;

    /// <summary>Consul's datacenter, once known.</summary>
    public string? Datacenter => _datacenter;

    /// <summary>Fires when the polled agent falls silent or reads move to another agent.</summary>
    public CancellationToken Silence
    {
        get
        {
            lock (_lock)
            {
                return _silence.Token;
            }
        }
    }

    /// <summary>True if Consul's answer names no server: the token has no read rights.</summary>
    public static bool IsEmpty(ReadOnlyMemory<byte> body)
    {
        using var answer = ConsulJson.Parse(body);
        return answer.RootElement.GetArrayLength() == 0;
    }

    /// <summary>Polls soon.</summary>
    public void Nudge()
    {
        lock (_lock)
        {
            if (_wake.CurrentCount == 0)
            {
                _ = _wake.Release();
            }
        }
    }

    /// <summary>Polls until cancelled; never throws.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var errors = 0;
        while (!cancellation.IsCancellationRequested)
        {
            errors = await PollAsync(cancellation).ConfigureAwait(false) ? 0 : errors + 1;
            using var rest = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            var pause = errors == 0 ? context.Jitter.Around(context.Times.AgentLiveness, 0.2) : context.Pause(errors);
            await Task.WhenAny(
                Task.Delay(pause, context.Time, rest.Token),
                errors == 0 ? _wake.WaitAsync(rest.Token) : Task.Delay(Timeout.Infinite, rest.Token)).ConfigureAwait(false);
            await rest.CancelAsync().ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _silence.Dispose();
        _wake.Dispose();
    }

    private async Task<bool> PollAsync(CancellationToken cancellation)
    {
        string? error;
        ConsulAgent? agent = null;
        try
        {
            var answer = await context.Agents.GetAsync(_ => (Question, context.Times.LivenessTimeout), cancellation).ConfigureAwait(false);
            agent = answer.Agent;
            error = Read(answer.OrThrow());
        }
        catch (OperationCanceledException)
        {
            return true;
        }
        catch (Exception failure) when (failure is IOException or JsonException or InvalidOperationException or KeyNotFoundException)
        {
            error = failure.Message;
        }

        if (error is null)
        {
            Volatile.Write(ref _heardAt, Math.Max(1, context.Time.GetTimestamp()));
        }

        var changed = error != _error || !_beats == (error is null);

        // With a single agent there is no alternative, and its polls continue when the agent comes back.
        var silent = _agent is not null && agent is not null && agent != _agent;
        (_error, _beats, _agent) = (error, error is null, agent ?? _agent);
        if (silent)
        {
            await GiveUpAsync().ConfigureAwait(false);
        }

        if (changed)
        {
            context.Changed();
        }

        return error is null;
    }

    private string? Read(ConsulAnswer answer)
    {
        using var servers = ConsulJson.Parse(answer.Body);
        _datacenter = Registered.In(servers).Select(server => server.Datacenter).FirstOrDefault() ?? _datacenter;
        return servers.RootElement.GetArrayLength() > 0 ? null
            : "the token has no read rights: Consul returned empty lists; "
                + "grant the token service_prefix \"\" and node_prefix \"\" with policy read";
    }

    private async Task GiveUpAsync()
    {
        CancellationTokenSource old;
        lock (_lock)
        {
            (old, _silence) = (_silence, new CancellationTokenSource());
        }

        await old.CancelAsync().ConfigureAwait(false);
    }
}
