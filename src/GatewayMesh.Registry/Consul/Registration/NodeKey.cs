using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Registry.Consul.Agents;

namespace GatewayMesh.Registry.Consul.Registration;

/// <summary>
/// A node's record in the key-value store, held by a session that deletes the record when the node falls silent. Written on changes and
/// every 10 s. The session is renewed every 5 s; each renewal also reads the record, because another node of the same name may have
/// replaced it.
/// </summary>
internal sealed class NodeKey(ConsulAgents agents, string node, TimeProvider time)
{
    // Consul deletes a record without renewals after one to two times this TTL.
    internal const string SessionBody = "{\"TTL\":\"15s\",\"LockDelay\":\"0s\",\"Behavior\":\"delete\",\"Name\":\"gatewaymesh node\"}";

    private static readonly TimeSpan WriteInterval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RenewInterval = TimeSpan.FromSeconds(5);

    private readonly string _path = $"/v1/kv/{ConsulNames.NodeKey(Uri.EscapeDataString(node))}";
    private ConsulAgent? _agent;
    private string? _session;
    private bool _holds;
    private NodeRecord? _written;
    private long _writtenAt;
    private long? _renewedAt;
    private long _lookedAt;

    /// <summary>Keeps the stored record equal to <paramref name="record"/>.</summary>
    /// <returns>The record of another node that had replaced this node's record and is now overwritten; null if there was none.</returns>
    /// <exception cref="IOException">No agent answered, or the agent refused.</exception>
    public async Task<NodeRecord?> KeepAsync(NodeRecord record, CancellationToken cancellation)
    {
        if (agents.Writer != _agent)
        {
            // The session belongs to the old agent's node and ends with it.
            (_agent, _session, _holds, _written) = (agents.Writer, null, false, null);
        }

        await KeepSessionAsync(cancellation).ConfigureAwait(false);
        var isCurrent = _holds && _written is not null && time.GetElapsedTime(_writtenAt) < WriteInterval
            && NodeRecordText.IsEquivalent(_written, record);
        if (isCurrent && time.GetElapsedTime(_lookedAt) < RenewInterval)
        {
            return null;
        }

        var other = _written is null ? null : await FindOtherAsync(record, cancellation).ConfigureAwait(false);
        _lookedAt = time.GetTimestamp();
        if (isCurrent && other is null)
        {
            return null;
        }

        var body = NodeRecordText.Write(record);
        _holds = await TryHoldAsync(body, cancellation).ConfigureAwait(false);
        if (!_holds)
        {
            // Another process of this node still holds the record: the previous worker or the guard. The content must be current meanwhile.
            _ = (await _agent!.PutAsync(_path, body, cancellation).ConfigureAwait(false)).OrThrow();
        }

        (_written, _writtenAt) = (record, time.GetTimestamp());
        return other;
    }

    /// <summary>Renews the session and rewrites the record at the next call, after an error.</summary>
    public void Doubt() => (_written, _renewedAt) = (null, null);

    /// <summary>Deletes the record.</summary>
    /// <exception cref="IOException">No agent answered, or the agent refused.</exception>
    public async Task WithdrawAsync(CancellationToken cancellation)
    {
        var agent = _agent ?? agents.Writer;
        _ = (await agent.DeleteAsync(_path, cancellation).ConfigureAwait(false)).OrThrow();
        if (_session is { } session)
        {
            (_session, _holds, _written) = (null, false, null);
            _ = await agent.PutAsync($"/v1/session/destroy/{session}", default, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Leaves the record in place for the process that takes over.</summary>
    /// <exception cref="IOException">No agent answered.</exception>
    public async Task ReleaseAsync(CancellationToken cancellation)
    {
        if (_agent is { } agent && _session is { } session)
        {
            _session = null;
            if (_holds && _written is { } record)
            {
                _holds = false;
                _ = await agent.PutAsync($"{_path}?release={session}", NodeRecordText.Write(record), cancellation).ConfigureAwait(false);
            }

            _ = await agent.PutAsync($"/v1/session/destroy/{session}", default, cancellation).ConfigureAwait(false);
        }
    }

    // A token without the right to read the key loses only this check.
    private async Task<NodeRecord?> FindOtherAsync(NodeRecord own, CancellationToken cancellation)
    {
        var answer = await _agent!.GetAsync($"{_path}?raw&stale", ConsulAgent.Patience, cancellation).ConfigureAwait(false);
        return answer.IsOk ? Namesake.In(answer.Body, own) : null;
    }

    private async Task KeepSessionAsync(CancellationToken cancellation)
    {
        if (_session is not null && (_renewedAt is not { } at || time.GetElapsedTime(at) >= RenewInterval))
        {
            var renewed = await _agent!.PutAsync($"/v1/session/renew/{_session}", default, cancellation).ConfigureAwait(false);
            if (renewed.Status == 404)
            {
                (_session, _holds) = (null, false);
            }
            else
            {
                _ = renewed.OrThrow();
                _renewedAt = time.GetTimestamp();
            }
        }

        if (_session is null)
        {
            var created = await _agent!.PutAsync(
                "/v1/session/create", System.Text.Encoding.ASCII.GetBytes(SessionBody), cancellation).ConfigureAwait(false);
            (_session, _renewedAt) = (AgentState.SessionId(created.OrThrow()), time.GetTimestamp());
        }
    }

    private async Task<bool> TryHoldAsync(byte[] body, CancellationToken cancellation)
    {
        var answer = await _agent!.PutAsync($"{_path}?acquire={_session}", body, cancellation).ConfigureAwait(false);
        if (answer.Status == 500 && answer.Describe().Contains("invalid session", StringComparison.Ordinal))
        {
            // Lost with an agent that restarted. The next publication creates a new session.
            (_session, _holds) = (null, false);
        }

        return answer.OrThrow().Body.Span.TrimEnd("\n"u8).SequenceEqual("true"u8);
    }
}
