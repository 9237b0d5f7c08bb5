using System.Collections.Immutable;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Registry.Consul.Agents;

namespace GatewayMesh.Registry.Consul.Registration;

/// <summary>
/// This node's registrations at its host's agent and its record in the key-value store. Asserted at the first publication, when the
/// declared set changes, when the agent has lost a registration (each publication checks, every 2 s), and every 30 s.
/// </summary>
internal sealed class ConsulRegistration : IAsyncDisposable
{
    /// <summary>Interval at which unchanged registrations are asserted again: 30 s.</summary>
    public static TimeSpan AssertInterval { get; } = TimeSpan.FromSeconds(30);

    // Two of three updates may be lost before a check is critical.
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

    /// <summary>Creates the registration. The first publication registers.</summary>
    public ConsulRegistration(ConsulAgents agents, BootstrapSpec bootstrap, TimeProvider time)
    {
        _agents = agents;
        _bootstrap = bootstrap;
        _time = time;
        _key = new NodeKey(agents, bootstrap.Node, time);
        _rounds = time.CreateTimer(_ => Round(), null, VouchInterval, VouchInterval);
    }

    /// <summary>The record of another node with this name that the last publication replaced, or null.</summary>
    public NodeRecord? Displaced { get; private set; }

    /// <summary>Sets the bootstrap that the next publication registers.</summary>
    public void Reconfigure(BootstrapSpec bootstrap) => _bootstrap = bootstrap;

    /// <summary>
    /// Sets the serving state that this process reports to Consul, at once and every 3 s. Null: the guard reports the state.
    /// </summary>
    public void Vouch(bool? serves)
    {
        _vouched = serves switch { null => Vouched.ByTheGuard, true => Vouched.Serves, false => Vouched.ServesNot };
        Round();
    }

    /// <summary>Keeps Consul in line with <paramref name="record"/>.</summary>
    /// <exception cref="IOException">A part could not be written. The next call retries.</exception>
    public Task PublishAsync(NodeRecord record, CancellationToken cancellation) => InTurnAsync(async () =>
    {
        (_record, Displaced) = (record, null);
        List<string> errors = [];
        await TryAsync(() => KeepServicesAsync(record, cancellation), errors).ConfigureAwait(false);
        if (_agents.Writer.GoneFor is null)
        {
            // An agent that does not answer is not asked again.
            await TryAsync(
                async () => Displaced = await _key.KeepAsync(record, cancellation).ConfigureAwait(false), errors).ConfigureAwait(false);
        }

        if (errors.Count > 0)
        {
            // The cause may have removed the record too.
            _key.Doubt();
        }

        Throw(errors);
    }, cancellation);

    /// <summary>Removes all registrations and the record.</summary>
    /// <exception cref="IOException">A part could not be removed. The removal is retried every 3 s.</exception>
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
            // The session then expires.
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

    // One registration per publication, in turn: an agent that restarted has lost them all.
    private Task<bool> LookAsync(CancellationToken cancellation) =>
        _asserted.IsEmpty
            ? Task.FromResult(true)
            : _assertion!.HasAsync(_asserted[(int)((uint)_looks++ % (uint)_asserted.Length)], cancellation);

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
        _ = RoundAsync(
            Dropping,
            () => _leftovers.Count > 0
                ? InTurnAsync(() => DropLeftoversAsync(CancellationToken.None), CancellationToken.None)
                : Task.CompletedTask);
    }

    // With a slow agent rounds become rarer and never overlap.
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
                // The next publication reports the agent's error.
            }
            finally
            {
                Volatile.Write(ref _underWay[kind], 0);
            }
        }
    }

    // Not serialized with publications: a slow publication must not make this node look dead.
    private async Task VouchAsync(NodeRecord record)
    {
        var (agent, vouched) = (_agents.Writer, _vouched);
        foreach (var service in Declared(agent))
        {
            foreach (
                var check in service.Checks.Where(check => check.Ttl is not null && (check.OfApplication || vouched != Vouched.ByTheGuard)))
            {
                var passing = check.OfApplication ? ReadyIn(record, service) : vouched == Vouched.Serves;
                _ = await agent.PutAsync(
                    $"/v1/agent/check/update/{Uri.EscapeDataString(check.Id)}",
                    AgentServiceJson.Status(passing, ""),
                    CancellationToken.None).ConfigureAwait(false);
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
