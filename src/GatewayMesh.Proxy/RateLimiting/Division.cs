namespace GatewayMesh.Proxy.RateLimiting;

/// <summary>
/// Divides a rate over the nodes of the mesh by their demand, without a coordinator: each node computes its own share from what the nodes
/// report, and all shares of one set of reports add up to no more than the rate. A node without a reported demand may use a floor, a tenth
/// of an even share; the rest goes to the nodes that report one, max-min fair (Bertsekas and Gallager, "Data Networks", §6.5.2): the
/// smallest demands are met first, so that a flood at one node takes nothing that others need.
/// </summary>
internal static class Division
{
    /// <summary>Part of an even share that a node may use without a report.</summary>
    public const double Floor = 0.1;

    /// <summary>Share of a node before the first report of the others.</summary>
    public const double Unknown = 0.1;

    /// <summary>Returns the rate that a node may use without a report while others have one.</summary>
    public static double FloorOf(double rate, int nodes) => rate * Floor / nodes;

    /// <summary>Returns the rate of this node.</summary>
    /// <param name="rate">The rate of all nodes.</param>
    /// <param name="own">Demand that this node has reported; zero for none.</param>
    /// <param name="others">Demands that other nodes report.</param>
    /// <param name="nodes">Live nodes, this one included.</param>
    public static double ShareOf(double rate, double own, ReadOnlySpan<double> others, int nodes)
    {
        nodes = Math.Max(nodes, others.Length + 1);
        var floor = FloorOf(rate, nodes);
        if (own <= 0)
        {
            return others.IsEmpty ? rate / nodes : floor;
        }

        var left = rate - ((nodes - others.Length - 1) * floor);
        return Math.Max(floor, Fill(left, own, others));
    }

    // Water-filling. What nobody asks for is divided evenly, so that a node with a rising demand has room at once.
    private static double Fill(double left, double own, ReadOnlySpan<double> others)
    {
        Span<double> demands = others.Length < 256 ? stackalloc double[others.Length + 1] : new double[others.Length + 1];
        others.CopyTo(demands);
        demands[^1] = own;
        demands.Sort();
        for (var i = 0; i < demands.Length; i++)
        {
            var even = left / (demands.Length - i);
            if (demands[i] >= even)
            {
                return Math.Min(own, even); // this one and all larger ones get the same
            }

            left -= demands[i];
        }

        return own + (left / demands.Length);
    }
}
