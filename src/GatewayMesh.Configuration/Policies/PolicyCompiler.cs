using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Entries.Resolvers;
using GatewayMesh.Configuration.Policies.LoadBalancing;

namespace GatewayMesh.Configuration.Policies;

/// <summary>
/// Combines policies: the resolver's load balancing overrides the service's policy, which overrides the shared policy, which overrides the
/// defaults.
/// </summary>
internal sealed class PolicyCompiler
{
    private readonly Dictionary<string, ServicePolicyEntry> _entries;
    private readonly Dictionary<string, LoadBalancerEntry> _balancers;

    public PolicyCompiler(EntrySet entries)
    {
        _entries = entries.ServicePolicies.ToDictionary(entry => entry.Name, StringComparer.OrdinalIgnoreCase);
        _balancers = entries.ServiceResolvers.Where(entry => entry.LoadBalancer is not null).ToDictionary(
            entry => entry.Name, entry => entry.LoadBalancer!, StringComparer.OrdinalIgnoreCase);
        Shared = PolicyModel.Default.Under(_entries.GetValueOrDefault(ServicePolicyEntry.All));
    }

    /// <summary>Policy of services without their own policy.</summary>
    public PolicyModel Shared { get; }

    /// <summary>Policies of all services that have their own.</summary>
    public IEnumerable<KeyValuePair<string, PolicyModel>> All =>
        _entries.Keys.Where(name => name != ServicePolicyEntry.All).Select(name => KeyValuePair.Create(name, Of(name)));

    /// <summary>Policy of <paramref name="service"/>.</summary>
    public PolicyModel Of(string service)
    {
        var policy = Shared.Under(_entries.GetValueOrDefault(service));
        return _balancers.TryGetValue(service, out var balancer)
            ? policy with { LoadBalancing = policy.LoadBalancing.With(balancer) }
            : policy;
    }
}
