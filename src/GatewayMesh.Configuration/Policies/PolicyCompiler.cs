namespace GatewayMesh.Configuration.Policies;

/// <summary>Lays a service's own policy over the shared one, and that over the defaults.</summary>
internal sealed class PolicyCompiler
{
    private readonly Dictionary<string, ServicePolicyEntry> _entries;

    public PolicyCompiler(IEnumerable<ServicePolicyEntry> entries)
    {
        _entries = entries.ToDictionary(entry => entry.Name, StringComparer.OrdinalIgnoreCase);
        Shared = PolicyModel.Default.Under(_entries.GetValueOrDefault(ServicePolicyEntry.All));
    }

    /// <summary>The policy of all services that say nothing themselves.</summary>
    public PolicyModel Shared { get; }

    /// <summary>The policy of <paramref name="service"/>.</summary>
    public PolicyModel Of(string service) => Shared.Under(_entries.GetValueOrDefault(service));
}
