using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Routing;

namespace GatewayMesh.Proxy.Routing.Tree;

/// <summary>
/// Policy of calls on one route: the service's policy, overridden by the resolver, overridden by the router's rule (as in Consul's
/// proxies).
/// </summary>
internal static class RoutePolicy
{
    /// <summary>
    /// Returns the policy of a target with the overrides of <paramref name="resolver"/> and <paramref name="action"/>; the same object if
    /// there are none.
    /// </summary>
    public static PolicyModel Of(PolicyModel policy, ResolverNode resolver, RouteAction action)
    {
        var timeouts = policy.Timeouts;
        return (resolver is { ConnectTimeout: null, RequestTimeout: null }
            ? policy
            : policy with
            {
                Timeouts = timeouts with
                {
                    Connect = resolver.ConnectTimeout ?? timeouts.Connect,
                    Request = resolver.RequestTimeout ?? timeouts.Request,
                },
            }).With(action);
    }
}
