using GatewayMesh.Registry.Consul.Agents;

namespace GatewayMesh.Registry.Consul.Vouching;

/// <summary>The guard's connections to the agents. Chooses the agent by the same rule as the worker, which registers there.</summary>
internal sealed class AgentLinks(ConsulAccess access, TimeProvider time) : IDisposable
{
    private readonly AgentLink[] _all = Open(access);
    private long? _homeGoneSince;
    private long _homeTriedAt;

    /// <summary>
    /// Sends to the home agent, or to the first agent that answers after the home agent has been unreachable for a minute.
    /// </summary>
    /// <exception cref="IOException">No answer.</exception>
    public LinkAnswer Send(string method, string path, ReadOnlySpan<byte> body)
    {
        var moved = _homeGoneSince is { } since && time.GetElapsedTime(since) >= ConsulAgents.HomeGone && _all.Length > 1;
        if (!moved || time.GetElapsedTime(_homeTriedAt) >= ConsulAgents.HomeAgain)
        {
            try
            {
                _homeTriedAt = time.GetTimestamp();
                var answer = _all[0].Send(method, path, body);
                _homeGoneSince = null;
                return answer;
            }
            catch (IOException) when (moved)
            {
                // Use the other agents, as before.
            }
            catch (IOException)
            {
                _homeGoneSince ??= time.GetTimestamp();
                throw;
            }
        }

        for (var i = 1; ; i++)
        {
            try
            {
                return _all[i].Send(method, path, body);
            }
            catch (IOException) when (i + 1 < _all.Length)
            {
                // Try the next agent.
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var link in _all)
        {
            link.Dispose();
        }
    }

    private static AgentLink[] Open(ConsulAccess access)
    {
        var token = new ConsulToken(access);
        return [.. access.Agents.Select(address => new AgentLink(address, token, access.Tls))];
    }
}
