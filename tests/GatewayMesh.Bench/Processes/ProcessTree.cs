namespace GatewayMesh.Bench.Processes;

/// <summary>A process and everything that it started.</summary>
internal static class ProcessTree
{
    /// <summary>Process ids, parents before their children.</summary>
    public static IReadOnlyList<int> Of(int root) => Of(root, ProcStat.All());

    /// <inheritdoc cref="Of(int)"/>
    public static IReadOnlyList<int> Of(int root, IReadOnlyList<ProcStat> all)
    {
        var tree = new List<int> { root };
        for (var index = 0; index < tree.Count; index++)
        {
            var children = all.Where(process => process.Parent == tree[index]).Select(process => process.Pid);
            tree.AddRange(children.Except(tree).ToList());
        }

        return tree;
    }
}
