using System.Globalization;
using GatewayMesh.Registry.Consul.Agents;

namespace GatewayMesh.Registry.Consul.Watching;

/// <summary>
/// The index of one blocking query. It is taken from a 200 or 404 alone (errors carry one too), belongs to the agent that said it, and is
/// forgotten when it goes back: Consul would hold a question with too high an index for its whole time and the news with it.
/// </summary>
/// <param name="path">What is asked, from <c>/v1</c> on.</param>
/// <param name="times">How long to wait.</param>
/// <param name="jitter">Spreads the waits.</param>
internal sealed class BlockingQuery(string path, WatchTimes times, Jitter jitter)
{
    private readonly string _question = path + (path.Contains('?') ? "&stale" : "?stale");
    private ConsulAgent? _agent;
    private ulong _index;

    /// <summary>The next question for <paramref name="agent"/>, and how long its answer may take. Where no index is known it is answered at once.</summary>
    public (string Path, TimeSpan Patience) Ask(ConsulAgent agent)
    {
        if (_index == 0 || agent != _agent)
        {
            return (_question, ConsulAgent.Patience);
        }

        var wait = jitter.Around(times.Wait, 0.1);
        return (string.Create(CultureInfo.InvariantCulture, $"{_question}&index={_index}&wait={(long)wait.TotalMilliseconds}ms"), (wait * (17.0 / 16)) + times.Margin);
    }

    /// <summary>Takes the index of a good answer. False when it is no continuation of the last one: it went back, or another agent says it.</summary>
    public bool Take(ConsulAnswer answer)
    {
        var continues = _agent is null || (_agent == answer.Agent && answer.Index >= _index);
        _agent = answer.Agent;
        _index = continues || answer.Index != 0 ? answer.Index ?? 0 : 0;
        return continues;
    }

    /// <summary>Begins anew after an error.</summary>
    public void Reset() => _index = 0;
}
