using GatewayMesh.Configuration.Nodes;

namespace GatewayMesh.Roles;

/// <summary>
/// Watches for another node under this node's name: records of both then take turns in the registry. One foreign record proves nothing, since it may be what
/// a data directory that is gone left behind.
/// </summary>
/// <param name="node">This node's name.</param>
/// <param name="instance">This node's instance.</param>
internal sealed class NameConflict(string node, string instance)
{
    private const int Turns = 2;

    /// <summary>Time without a foreign record after which the name is this node's alone. Consul's records are written every 10 s.</summary>
    private static readonly TimeSpan s_memory = TimeSpan.FromSeconds(60);

    private bool _ownIsLatest;
    private int _turns;
    private TimeSpan _seenAt;

    /// <summary>The other node, in words; null while there is none.</summary>
    internal string? Other { get; private set; }

    /// <summary>Looks at the record that the registry has under this node's name, or null for none.</summary>
    /// <returns>True if <see cref="Other"/> came or went.</returns>
    internal bool Look(NodeRecord? record, TimeSpan now)
    {
        var before = Other is not null;
        if (now - _seenAt > s_memory)
        {
            _turns = 0;
            Other = null;
        }

        if (record is { Instance.Length: > 0 } && instance.Length > 0 && record.Node == node)
        {
            var isOwn = record.Instance == instance;
            if (!isOwn && _ownIsLatest)
            {
                _turns++;
            }

            if (!isOwn && _turns > 0)
            {
                _seenAt = now;
                Other = _turns >= Turns ? $"a {record.Role.ToString().ToLowerInvariant()} with admin address {record.Admin}, version {record.Version}" : Other;
            }

            _ownIsLatest = isOwn;
        }

        return before != (Other is not null);
    }
}
