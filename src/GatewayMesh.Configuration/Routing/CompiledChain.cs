namespace GatewayMesh.Configuration.Routing;

/// <summary>A chain as the entries define it, before its targets have instances. Immutable once compiled.</summary>
/// <param name="Protocol">Protocol of the chain.</param>
/// <param name="Start">First node; null after an error.</param>
/// <param name="Error">The error; null when there is none.</param>
/// <param name="Trace">The entries that the chain was compiled from.</param>
/// <param name="Datacenters">Datacenters that the chain names.</param>
internal sealed record CompiledChain(
    string Protocol, Draft? Start, ChainError? Error, RoutingTrace Trace, IReadOnlySet<string> Datacenters)
{
    /// <summary>
    /// Stands for the local datacenter: no entry can name it. Only a chain that names the local datacenter itself must be compiled for it.
    /// </summary>
    public const string Home = "\0";

    /// <summary>
    /// Compiles the chain of <paramref name="service"/>, or of one of its subsets, for a node in <paramref name="datacenter"/>.
    /// </summary>
    public static CompiledChain Of(RoutingIndex index, string service, string datacenter, string subset = "")
    {
        var trace = new RoutingTrace(index);
        var walk = new ChainWalk(trace, service, datacenter, subset);
        var start = walk.Run();
        trace.Close();
        return new CompiledChain(walk.Protocol, start, walk.Error, trace, walk.Datacenters);
    }

    /// <summary>True if the chain is the same for a node in <paramref name="datacenter"/>.</summary>
    public bool Fits(string datacenter) => Start is not null && !Datacenters.Contains(datacenter);
}
