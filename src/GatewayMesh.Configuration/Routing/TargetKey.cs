namespace GatewayMesh.Configuration.Routing;

/// <summary>Identity of a target, before its instances are known.</summary>
/// <param name="Service">Name of the service.</param>
/// <param name="Subset">Name of the subset; empty for the whole service.</param>
/// <param name="Datacenter">Name of the datacenter.</param>
public readonly record struct TargetKey(string Service, string Subset, string Datacenter)
{
    /// <summary>Id of the target.</summary>
    public string Id => TargetModel.IdOf(Service, Subset, Datacenter);

    /// <summary>
    /// Returns this key with all non-empty parts replaced. Another service starts without a subset (Consul, <c>rewriteTarget</c>).
    /// </summary>
    public TargetKey Rewritten(string service, string subset, string datacenter)
    {
        var moved = service.Length > 0 && !service.Equals(Service, StringComparison.OrdinalIgnoreCase);
        return new TargetKey(
            moved ? service : Service, subset.Length > 0 ? subset : moved ? "" : Subset, datacenter.Length > 0 ? datacenter : Datacenter);
    }

    /// <summary>True if both identify the same target; names are case-insensitive.</summary>
    public bool Equals(TargetKey other) => Id.Equals(other.Id, StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public override int GetHashCode() => Id.GetHashCode(StringComparison.OrdinalIgnoreCase);
}
