using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Routing;
using GatewayMesh.Proxy.Routing.Tree;
using GatewayMesh.Proxy.Tests.Rig;

namespace GatewayMesh.Proxy.Tests.Routing.Tree;

public class RoutePolicyTests
{
    private static readonly PolicyModel Policy = new()
    {
        Timeouts = new() { Request = TimeSpan.FromSeconds(3), Connect = TimeSpan.FromSeconds(2) },
    };

    [Test]
    public void Without_overrides_the_same_policy_object_is_used() =>
        Assert.That(RoutePolicy.Of(Policy, Routes.Resolver("web"), RouteAction.None), Is.SameAs(Policy));

    [Test]
    public void The_rule_overrides_the_resolver_and_the_resolver_overrides_the_policy()
    {
        var resolver = Routes.Resolver("web") with { ConnectTimeout = TimeSpan.FromSeconds(4), RequestTimeout = TimeSpan.FromSeconds(20) };
        var resolved = RoutePolicy.Of(Policy, resolver, RouteAction.None).Timeouts;
        Assert.That((resolved.Connect, resolved.Request), Is.EqualTo((TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(20))));
        var routed = RoutePolicy.Of(Policy, resolver, new RouteAction { RequestTimeout = TimeSpan.FromSeconds(30) }).Timeouts;
        Assert.That((routed.Connect, routed.Request), Is.EqualTo((TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(30))));
    }

    [Test]
    public void A_resolver_that_sets_one_timeout_keeps_the_other()
    {
        var timeouts = RoutePolicy.Of(
            Policy, Routes.Resolver("web") with { ConnectTimeout = TimeSpan.FromSeconds(4) }, RouteAction.None).Timeouts;
        Assert.That((timeouts.Connect, timeouts.Request), Is.EqualTo((TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(3))));
    }
}
