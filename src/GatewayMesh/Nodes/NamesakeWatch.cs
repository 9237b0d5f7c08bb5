using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Events;

namespace GatewayMesh.Nodes;

/// <summary>Logs when another node has this node's name, and when none has it any more. Safe for concurrent use.</summary>
/// <param name="facts">Facts about the node.</param>
/// <param name="events">Receives the events.</param>
/// <param name="time">Clock of the conflict's age.</param>
internal sealed class NamesakeWatch(NodeFacts facts, EventLog events, TimeProvider time)
{
    private readonly NameConflict _name = new();
    private readonly long _began = time.GetTimestamp();

    /// <summary>The other node, as text; null when there is none.</summary>
    internal string? Other
    {
        get
        {
            lock (_name)
            {
                return _name.Other;
            }
        }
    }

    /// <summary>Records that another node's record replaced this node's last record.</summary>
    internal void Meet(NodeRecord other) => Update((name, now) => name.Meet(other, now));

    /// <summary>Ends a conflict after its quiet time; called every second.</summary>
    internal void Tick() => Update(static (name, now) => name.Tick(now));

    private void Update(Func<NameConflict, TimeSpan, bool> change)
    {
        lock (_name)
        {
            if (!change(_name, time.GetElapsedTime(_began)))
            {
                return;
            }

            if (_name.Other is { } other)
            {
                events.Error(
                    "node_name_taken",
                    $"another node is also named {facts.Bootstrap.Node}: {other}; both keep replacing each other in the registry; rename "
                        + $"one "
                        + $"with --node NAME");
            }
            else
            {
                events.Info("node_name_alone", $"no other node is named {facts.Bootstrap.Node} any more");
            }
        }
    }
}
