using System.Collections.Immutable;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Registry.Consul.Agents;

namespace GatewayMesh.Registry.Consul.Registration;

/// <summary>
/// What this node has in Consul: its registrations at the agent of its host and its record in the key-value store. Asserted at the first
/// publication, when the declared set changed, when the agent has lost them (looked at by each publication, every 2 s), and every 30 s.
/// </summary>
internal sealed class ConsulRegistration : IAsyncDisposable
{
    /// <summary>Time after which unchanged registrations are asserted again: 30 s.</summary>
    public static TimeSpan AssertInterval { get; } = TimeSpan.FromSeconds(30);

    // Two of three may be lost before a check is critical.
    private static readonly TimeSpan VouchInterval = TimeSpan.FromSeconds(3);

    private const int Vouching = 0;
    private const int Dropping = 1;

    private readonly ConsulAgents _agents;
    private readonly TimeProvider _time;
    private readonly NodeKey _key;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly List<(ServiceAssertion Assertion, ImmutableArray<AgentService> Services)> _leftovers = [];
    private readonly int[] _underWay = new int[2];
    private readonly ITimer _rounds;
    private volatile BootstrapSpec _bootstrap;
    private volatile NodeRecord? _record;
    private volatile Vouched _vouched;
    private ServiceAssertion? _assertion;
    private ImmutableArray<AgentService> _asserted = [];
    private BootstrapSpec? _assertedFrom;
    private long? _assertedAt;
    private int _looks;

    /// <summary>Nothing is registered until the first publication.</summary>
    public ConsulRegistration(ConsulAgents agents, BootstrapSpec bootstrap, TimeProvider time)
    {
        _agents = agents;
        _bootstrap = bootstrap;
        _time = time;
        _key = new NodeKey(agents, bootstrap.Node, time);
        _rounds = time.CreateTimer(_ => Round(), null, VouchInterval, VouchInterval);
    }

    /// <summary>The record of another node of this name that the last publication replaced, or null.</summary>
    public NodeRecord? Displaced { get; private set; }

    /// <summary>Registers from the next publication on what this bootstrap declares.</summary>
    public void Reconfigure(BootstrapSpec bootstrap) => _bootstrap = bootstrap;

    /// <summary>Whether this process serves, said to Consul at once and every 3 s; null: the guard says so.</summary>
    public void Vouch(bool? serves)
    {
        _vouched = serves switch { null => Vouched.ByTheGuard, true => Vouched.Serves, false => Vouched.ServesNot };
        Round();
    }

    /// <summary>Keeps Consul saying what <paramref name="record"/> says.</summary>
    /// <exception cref="IOException">Part of it could not be written; the next call tries again.</exception>
    public Task PublishAsync(NodeRecord record, CancellationToken cancellation) => InTurnAsync(async () =>
    {
        (_record, Displaced) = (record, null);
        List<string> errors = [];
        await TryAsync(() => KeepServicesAsync(record, cancellation), errors).ConfigureAwait(false);
        if (_agents.Writer.GoneFor is null)
        {
            // One that does not answer need not be asked again.
            await TryAsync(async () => Displaced = await _key.KeepAsync(record, cancellation).ConfigureAwait(false), errors).ConfigureAwait(false);
        }

        if (errors.Count > 0)
        {
            // Whatever it was may have taken the record along.
            _key.Doubt();
        }

        Throw(errors);
    }, cancellation);

    /// <summary>Takes all of it out.</summary>
    /// <exception cref="IOException">Part of it could not be taken out; that is tried again every 3 s.</exception>
    public Task WithdrawAsync(CancellationToken cancellation) => InTurnAsync(async () =>
    {
        (_record, Displaced) = (null, null);
        var assertion = _assertion ?? NewAssertion(_agents.Writer);
        _leftovers.RemoveAll(left => left.Assertion.Agent == assertion.Agent);
        _leftovers.Add((assertion, _asserted.IsEmpty ? Declared(assertion.Agent) : _asserted));
        (_assertion, _asserted, _assertedAt) = (null, [], null);
        List<string> errors = [];
        await TryAsync(() => DropLeftoversAsync(cancellation), errors).ConfigureAwait(false);
        if (errors.Count == 0)
        {
            await TryAsync(() => _key.WithdrawAsync(cancellation), errors).ConfigureAwait(false);
        }

        Throw(errors);
    }, cancellation);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _rounds.DisposeAsync().ConfigureAwait(false);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(1), _time);
        try
        {
            await InTurnAsync(() => _key.ReleaseAsync(limit.Token), limit.Token).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is IOException or OperationCanceledException)
        {
            // Then the session's time runs out.
        }
    }

    private async Task KeepServicesAsync(NodeRecord record, CancellationToken cancellation)
    {
        var (agent, bootstrap) = (_agents.Writer, _bootstrap);
        if (_assertion is { } before && before.Agent != agent)
        {
            _leftovers.Add((before, _asserted));
            _assertion = null;
        }

        _leftovers.RemoveAll(left => left.Assertion.Agent == agent);
        if (_assertion is null || _assertedFrom != bootstrap)
        {
            _assertedAt = null;
            _assertion = NewAssertion(agent);
            _asserted = Declared(agent);
            _assertedFrom = bootstrap;
        }

        bool IsReady(AgentService service) => ReadyIn(record, service);
        if (_assertedAt is null)
        {
            await _assertion.AssertAsync(_asserted, IsReady, cancellation).ConfigureAwait(false);
            _assertedAt = _time.GetTimestamp();
        }
        else if (_time.GetElapsedTime(_assertedAt.Value) >= AssertInterval || !await LookAsync(cancellation).ConfigureAwait(false))
        {
            await _assertion.AssertAgainAsync(_asserted, IsReady, cancellation).ConfigureAwait(false);
            _assertedAt = _time.GetTimestamp();
        }
    }

    // One each time, in turn: an agent that began anew has lost them all.
    private Task<bool> LookAsync(CancellationToken cancellation) =>
        _asserted.IsEmpty ? Task.FromResult(true) : _assertion!.HasAsync(_asserted[(int)((uint)_looks++ % (uint)_asserted.Length)], cancellation);

    private async Task DropLeftoversAsync(CancellationToken cancellation)
    {
        foreach (var left in _leftovers.ToArray())
        {
            await left.Assertion.WithdrawAsync(left.Services, cancellation).ConfigureAwait(false);
            _ = _leftovers.Remove(left);
        }
    }

    private void Round()
    {
        _ = RoundAsync(Vouching, () => _record is { } record ? VouchAsync(record) : Task.CompletedTask);
        _ = RoundAsync(Dropping, () => _leftovers.Count > 0 ? InTurnAsync(() => DropLeftoversAsync(CancellationToken.None), CancellationToken.None) : Task.CompletedTask);
    }

    // A slow agent makes rounds fewer, not more of them at a time.
    private async Task RoundAsync(int kind, Func<Task> action)
    {
        if (Interlocked.Exchange(ref _underWay[kind], 1) == 0)
        {
            try
            {
                await action().ConfigureAwait(false);
            }
            catch (IOException)
            {
                // What is wrong with the agent is said by the next publication.
            }
            finally
            {
                Volatile.Write(ref _underWay[kind], 0);
            }
        }
    }

    // Not in turn with the publications: a slow one must not make this node look dead.
    private async Task VouchAsync(NodeRecord record)
    {
        var (agent, vouched) = (_agents.Writer, _vouched);
        foreach (var service in Declared(agent))
        {
            foreach (var check in service.Checks.Where(check => check.Ttl is not null && (check.OfApplication || vouched != Vouched.ByTheGuard)))
            {
                var passing = check.OfApplication ? ReadyIn(record, service) : vouched == Vouched.Serves;
                _ = await agent.PutAsync($"/v1/agent/check/update/{Uri.EscapeDataString(check.Id)}", AgentServiceJson.Status(passing, ""), CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    private ServiceAssertion NewAssertion(ConsulAgent agent) => new(agent, _bootstrap.Node, ConsulNames.RoleOf(_bootstrap));

    private ImmutableArray<AgentService> Declared(ConsulAgent agent) => DeclaredServices.Of(_bootstrap, agent.IsHere);

    private static bool ReadyIn(NodeRecord record, AgentService service)
    {
        var id = service.Proxy?.ServiceId ?? service.Id;
        return record.Services.FirstOrDefault(known => known.Id == id)?.Healthy ?? true;
    }

    private async Task InTurnAsync(Func<Task> action, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            await action().ConfigureAwait(false);
        }
        finally
        {
            _ = _turn.Release();
        }
    }

    private static async Task TryAsync(Func<Task> action, List<string> errors)
    {
        try
        {
            await action().ConfigureAwait(false);
        }
        catch (IOException failure)
        {
            errors.Add(failure.Message);
        }
    }

    private static void Throw(List<string> errors)
    {
        if (errors.Count > 0)
        {
            throw new IOException(string.Join("; ", errors));
        }
    }

    private enum Vouched
    {
        ByTheGuard,
        Serves,
        ServesNot,
    }
}
