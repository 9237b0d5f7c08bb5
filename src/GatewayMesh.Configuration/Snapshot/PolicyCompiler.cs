using GatewayMesh.Configuration.Entries;

namespace GatewayMesh.Configuration.Snapshot;

/// <summary>Lays a service's own policy over the shared one, and that over the defaults.</summary>
internal sealed class PolicyCompiler
{
    private readonly Dictionary<string, ServicePolicyEntry> _entries;
    private readonly PolicyModel _shared;

    public PolicyCompiler(IEnumerable<ServicePolicyEntry> entries)
    {
        _entries = entries.ToDictionary(entry => entry.Name, StringComparer.OrdinalIgnoreCase);
        _shared = Lay(PolicyModel.Default, _entries.GetValueOrDefault(ServicePolicyEntry.All));
    }

    /// <summary>The policy of <paramref name="service"/>.</summary>
    public PolicyModel Of(string service) => Lay(_shared, _entries.GetValueOrDefault(service));

    private static PolicyModel Lay(PolicyModel under, ServicePolicyEntry? entry) => entry is null ? under : under with
    {
        RequestTimeout = entry.RequestTimeout ?? under.RequestTimeout,
        ConnectTimeout = entry.ConnectTimeout ?? under.ConnectTimeout,
        MaxAttempts = entry.MaxAttempts ?? under.MaxAttempts,
        EjectAfter = entry.EjectAfter ?? under.EjectAfter,
        EjectFor = entry.EjectFor ?? under.EjectFor,
    };
}
