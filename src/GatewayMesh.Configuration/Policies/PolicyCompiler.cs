namespace GatewayMesh.Configuration.Policies;

/// <summary>Lays a service's own policy over the shared one, and that over the defaults.</summary>
internal sealed class PolicyCompiler
{
    private readonly Dictionary<string, ServicePolicyEntry> _entries;
    private readonly PolicyModel _shared;

    public PolicyCompiler(IEnumerable<ServicePolicyEntry> entries)
    {
        _entries = entries.ToDictionary(entry => entry.Name, StringComparer.OrdinalIgnoreCase);
        _shared = PolicyModel.Default.Under(_entries.GetValueOrDefault(ServicePolicyEntry.All));
    }

    /// <summary>The policy of <paramref name="service"/>.</summary>
    public PolicyModel Of(string service) => _shared.Under(_entries.GetValueOrDefault(service));
}
