using System.Globalization;
using GatewayMesh.Registry.Consul.Agents;

namespace GatewayMesh.Registry.Consul.Watching;

/// <summary>
/// The index of one blocking query. Taken only from a 200 or 404 (errors have an index too), valid only for the agent that sent it, and
/// reset when it goes backwards: with an index that is too high Consul would block for the full wait and withhold changes.
/// </summary>
/// <param name="path">The path to query, starting at <c>/v1</c>.</param>
/// <param name="times">The wait times.</param>
/// <param name="jitter">Spreads the waits.</param>
internal sealed class BlockingQuery(string path, WatchTimes times, Jitter jitter)
{
    private readonly string _question = path + (path.Contains('?') ? "&stale" : "?stale");
    private ConsulAgent? _agent;
    private ulong _index;

    /// <summary>The next query for <paramref name="agent"/> and its timeout. Without a known index the agent answers at once.</summary>
    public (string Path, TimeSpan Patience) Ask(ConsulAgent agent)
    {
        if (_index == 0 || agent != _agent)
        {
            return (_question, ConsulAgent.Patience);
        }

        var wait = jitter.Around(times.Wait, 0.1);
        return (
            string.Create(CultureInfo.InvariantCulture, $"{_question}&index={_index}&wait={(long)wait.TotalMilliseconds}ms"),
            (wait * (17.0 / 16)) + times.Margin);
    }

    /// <summary>
    /// Takes the index of a good answer. False if the answer does not continue the last: its index went back, or the agent is another.
    /// </summary>
    public bool Take(ConsulAnswer answer)
    {
        var continues = _agent is null || (_agent == answer.Agent && answer.Index >= _index);
        _agent = answer.Agent;
        _index = continues || answer.Index != 0 ? answer.Index ?? 0 : 0;
        return continues;
    }

    /// <summary>Restarts without an index after an error.</summary>
    public void Reset() => _index = 0;
}
