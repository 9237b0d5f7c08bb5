using GatewayMesh.Configuration.Nodes;

namespace GatewayMesh.Roles;

/// <summary>
/// Another node under this node's name: each of the two replaces the record of the other. One foreign record proves nothing, since a process that is about to end
/// may have written it, for example the one whose data directory was replaced.
/// </summary>
internal sealed class NameConflict
{
    private const int Turns = 2;

    /// <summary>Time without a foreign record after which the name is this node's alone. A record in Consul may be found 10 s late.</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(60);

    private (string Instance, DateTimeOffset At) _last;
    private int _turns;
    private TimeSpan _seenAt;

    /// <summary>The other node, in words; null while there is none.</summary>
    internal string? Other { get; private set; }

    /// <summary>Takes the record of another node that stood where this node's own last record should.</summary>
    /// <returns>True if <see cref="Other"/> came or went.</returns>
    internal bool Meet(NodeRecord record, TimeSpan now)
    {
        _ = Forget(now);
        if ((record.Instance, record.At) == _last)
        {
            // The same record again, from a replica that lags: it was replaced already.
            return false;
        }

        _last = (record.Instance, record.At);
        (_seenAt, _turns) = (now, _turns + 1);
        var isNew = Other is null && _turns >= Turns;
        if (_turns >= Turns)
        {
            Other = $"a {record.Role.ToString().ToLowerInvariant()} with admin address {record.Admin}, version {record.Version}";
        }

        return isNew;
    }

    /// <summary>Looks at the clock.</summary>
    /// <returns>True if <see cref="Other"/> went.</returns>
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
