using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Nodes;

namespace GatewayMesh.Nodes;

/// <summary>
/// Another node with this node's name: both keep replacing the other's record. A single foreign record is no proof, because a process
/// that is about to end may have written it, for example after its data directory was replaced.
/// </summary>
internal sealed class NameConflict
{
    private const int Turns = 2;

    /// <summary>Time without a foreign record after which the conflict is over. A record in Consul may be found 10 s late.</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(60);

    private (string Instance, DateTimeOffset At) _last;
    private int _turns;
    private TimeSpan _seenAt;

    /// <summary>The other node, as text; null when there is none.</summary>
    internal string? Other { get; private set; }

    /// <summary>Records that another node's record replaced this node's last record.</summary>
    /// <returns>True if <see cref="Other"/> was set or cleared.</returns>
    internal bool Meet(NodeRecord record, TimeSpan now)
    {
        _ = Forget(now);
        if ((record.Instance, record.At) == _last)
        {
            // The same record from a lagging replica: already replaced.
            return false;
        }

        _last = (record.Instance, record.At);
        (_seenAt, _turns) = (now, _turns + 1);
        var isNew = Other is null && _turns >= Turns;
        if (_turns >= Turns)
        {
            Other = $"a {record.Role.Word()} with admin address {record.Admin}, version {record.Version}";
        }

        return isNew;
    }

    /// <summary>Clears the conflict after the quiet time.</summary>
    /// <returns>True if <see cref="Other"/> was cleared.</returns>
    internal bool Tick(TimeSpan now) => Forget(now);

    private bool Forget(TimeSpan now)
    {
        if (_turns == 0 || now - _seenAt <= Memory)
        {
            return false;
        }

        var had = Other is not null;
        (_turns, Other) = (0, null);
        return had;
    }
}
