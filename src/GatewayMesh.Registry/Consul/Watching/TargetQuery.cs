namespace GatewayMesh.Registry.Consul.Watching;

/// <summary>A query for a target that is not a whole service of the local datacenter.</summary>
/// <param name="Service">Name of the service.</param>
/// <param name="Subset">Name of the subset; empty: the whole service.</param>
/// <param name="Datacenter">Name of the remote datacenter; empty: the local datacenter.</param>
/// <param name="Filter">The filter of the subset; empty: no filter.</param>
internal readonly record struct TargetQuery(string Service, string Subset, string Datacenter, string Filter)
{
    /// <summary>The queried target without its filter.</summary>
    public (string Service, string Subset, string Datacenter) Target => (Service, Subset, Datacenter);

    /// <summary>The query's path. The agent applies the filter.</summary>
    public string Path
    {
        get
        {
            var query = string.Join(
                '&',
                (
                    (string[])[
                        Datacenter.Length > 0 ? $"dc={Uri.EscapeDataString(Datacenter)}" : "",
                        Filter.Length > 0 ? $"filter={Uri.EscapeDataString(Filter)}" : ""]).Where(part => part.Length > 0));
            return query.Length > 0 ? $"{ServiceLooks.PathOf(Service)}?{query}" : ServiceLooks.PathOf(Service);
        }
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"{(Subset.Length > 0 ? $"subset {Subset} of {Service}" : Service)}{(Datacenter.Length > 0 ? $" in {Datacenter}" : "")}";
}
