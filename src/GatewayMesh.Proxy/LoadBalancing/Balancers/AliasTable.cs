namespace GatewayMesh.Proxy.LoadBalancing.Balancers;

/// <summary>
/// Samples an index by weight with one random number, regardless of the number of members (M. Vose, "A linear algorithm for generating
/// random numbers with a given distribution", 1991).
/// </summary>
internal sealed class AliasTable
{
    private readonly double[] _keep;
    private readonly int[] _alias;

    public AliasTable(Weights weights)
    {
        var count = weights.Values.Length;
        _keep = new double[count];
        _alias = new int[count];
        var scaled = Enumerable.Range(0, count).Select(index => weights.ShareOf(index) * count).ToArray();
        var small = new Stack<int>(Enumerable.Range(0, count).Where(index => scaled[index] < 1));
        var large = new Stack<int>(Enumerable.Range(0, count).Where(index => scaled[index] >= 1));
        while (small.Count > 0 && large.Count > 0)
        {
            var (less, more) = (small.Pop(), large.Pop());
            (_keep[less], _alias[less]) = (scaled[less], more);
            scaled[more] -= 1 - scaled[less];
            (scaled[more] < 1 ? small : large).Push(more);
        }

        // The remaining shares are 1, up to rounding.
        foreach (var index in small.Concat(large))
        {
            (_keep[index], _alias[index]) = (1, index);
        }
    }

    /// <summary>Samples an index.</summary>
    public int Draw(SplitMix random)
    {
        var column = random.Next(_keep.Length);
        return random.NextDouble() < _keep[column] ? column : _alias[column];
    }
}
