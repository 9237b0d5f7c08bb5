namespace GatewayMesh.Registry.Consul.Watching;

/// <summary>What is asked of an agent for a target that is not a whole service of the own datacenter.</summary>
/// <param name="Service">Name of the service.</param>
/// <param name="Subset">Name of the subset; empty for the whole service.</param>
/// <param name="Datacenter">Name of the other datacenter; empty for the own.</param>
/// <param name="Filter">The subset's filter; empty for all.</param>
internal readonly record struct TargetQuery(string Service, string Subset, string Datacenter, string Filter)
{
    /// <summary>Which target it is about, whatever its filter.</summary>
    public (string Service, string Subset, string Datacenter) Target => (Service, Subset, Datacenter);

    /// <summary>Where it is asked: the agent applies the filter.</summary>
    public string Path
    {
        get
        {
            var query = string.Join('&', ((string[])[Datacenter.Length > 0 ? $"dc={Uri.EscapeDataString(Datacenter)}" : "", Filter.Length > 0 ? $"filter={Uri.EscapeDataString(Filter)}" : ""]).Where(part => part.Length > 0));
            return query.Length > 0 ? $"{ServiceLooks.PathOf(Service)}?{query}" : ServiceLooks.PathOf(Service);
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"{(Subset.Length > 0 ? $"the subset {Subset} of {Service}" : Service)}{(Datacenter.Length > 0 ? $" in {Datacenter}" : "")}";
}
