using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Routing;

namespace GatewayMesh.Proxy.Routing.Tree;

/// <summary>What holds for calls on one way: the service's policy, under what the resolver says, under what the rule of the router says (as Consul's proxies have it).</summary>
internal static class RoutePolicy
{
    /// <summary>The policy of a target, laid under <paramref name="resolver"/> and <paramref name="action"/>; the same object when they say nothing.</summary>
    public static PolicyModel Of(PolicyModel policy, ResolverNode resolver, RouteAction action)
    {
        var timeouts = policy.Timeouts;
        return (resolver is { ConnectTimeout: null, RequestTimeout: null }
            ? policy
            : policy with { Timeouts = timeouts with { Connect = resolver.ConnectTimeout ?? timeouts.Connect, Request = resolver.RequestTimeout ?? timeouts.Request } }).With(action);
    }
}
