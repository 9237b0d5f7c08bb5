namespace GatewayMesh.Configuration.Routing;

/// <summary>What a target is, before its instances are known.</summary>
/// <param name="Service">Name of the service.</param>
/// <param name="Subset">Name of the subset; empty for the whole service.</param>
/// <param name="Datacenter">Where.</param>
public readonly record struct TargetKey(string Service, string Subset, string Datacenter)
{
    /// <summary>Its id.</summary>
    public string Id => TargetModel.IdOf(Service, Subset, Datacenter);

    /// <summary>This with what is not empty in place of its own. Another service begins without a subset (Consul, <c>rewriteTarget</c>).</summary>
    public TargetKey Rewritten(string service, string subset, string datacenter)
    {
        var moved = service.Length > 0 && !service.Equals(Service, StringComparison.OrdinalIgnoreCase);
        return new TargetKey(moved ? service : Service, subset.Length > 0 ? subset : moved ? "" : Subset, datacenter.Length > 0 ? datacenter : Datacenter);
    }

    /// <summary>Whether both mean the same target; names have no case.</summary>
    public bool Equals(TargetKey other) => Id.Equals(other.Id, StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public override int GetHashCode() => Id.GetHashCode(StringComparison.OrdinalIgnoreCase);
}
