using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Entries.Resolvers;
using GatewayMesh.Configuration.Policies.LoadBalancing;

namespace GatewayMesh.Configuration.Policies;

/// <summary>Lays what a service's resolver says of load balancing over its own policy, that over the shared one, and that over the defaults.</summary>
internal sealed class PolicyCompiler
{
    private readonly Dictionary<string, ServicePolicyEntry> _entries;
    private readonly Dictionary<string, LoadBalancerEntry> _balancers;

    public PolicyCompiler(EntrySet entries)
    {
        _entries = entries.ServicePolicies.ToDictionary(entry => entry.Name, StringComparer.OrdinalIgnoreCase);
        _balancers = entries.ServiceResolvers.Where(entry => entry.LoadBalancer is not null).ToDictionary(entry => entry.Name, entry => entry.LoadBalancer!, StringComparer.OrdinalIgnoreCase);
        Shared = PolicyModel.Default.Under(_entries.GetValueOrDefault(ServicePolicyEntry.All));
    }

    /// <summary>The policy of all services that say nothing themselves.</summary>
    public PolicyModel Shared { get; }

    /// <summary>The policy of <paramref name="service"/>.</summary>
    public PolicyModel Of(string service)
    {
        var policy = Shared.Under(_entries.GetValueOrDefault(service));
        return _balancers.TryGetValue(service, out var balancer) ? policy with { LoadBalancing = policy.LoadBalancing.With(balancer) } : policy;
    }
}
