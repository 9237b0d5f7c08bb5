using System.Collections.Immutable;
using GatewayMesh.Configuration.Bootstrap;

namespace GatewayMesh.Nodes;

/// <summary>Facts about this node that its lifecycle sets and its other parts read.</summary>
/// <param name="bootstrap">The bootstrap at the start.</param>
/// <param name="pids">Processes of the node, by role.</param>
internal sealed class NodeFacts(BootstrapSpec bootstrap, ImmutableSortedDictionary<string, int> pids)
{
    private volatile BootstrapSpec _bootstrap = bootstrap;
    private volatile ImmutableSortedDictionary<string, int> _pids = pids;
    private volatile ImmutableSortedDictionary<string, double> _rates = ImmutableSortedDictionary<string, double>.Empty;
    private volatile bool _serving;
    private volatile bool _guarded;

    /// <summary>The bootstrap in force.</summary>
    internal BootstrapSpec Bootstrap
    {
        get => _bootstrap;
        set => _bootstrap = value;
    }

    /// <summary>Processes of the node, by role.</summary>
    internal ImmutableSortedDictionary<string, int> Pids
    {
        get => _pids;
        set => _pids = value;
    }

    /// <summary>Demands of this node for rate limits over the mesh. Default: none.</summary>
    internal ImmutableSortedDictionary<string, double> Rates
    {
        get => _rates;
        set => _rates = value;
    }

    /// <summary>True if this process serves. Default: false.</summary>
    internal bool Serving
    {
        get => _serving;
        set => _serving = value;
    }

    /// <summary>True if a guard publishes the state of this process. Default: false.</summary>
    internal bool Guarded
    {
        get => _guarded;
        set => _guarded = value;
    }

    /// <summary>Random id of this node's data folder, which tells two nodes of one name apart.</summary>
    internal string Instance { get; } = NodeInstance.Of(bootstrap.DataDir);

    /// <summary>Tier in use.</summary>
    internal string Tier => !Serving ? "none" : Bootstrap.Role.Word();
}
