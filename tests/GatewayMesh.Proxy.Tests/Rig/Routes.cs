using System.Collections.Immutable;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Matching;
using GatewayMesh.Configuration.Routing;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Proxy.Tests.Rig;

/// <summary>Handmade routers, splitters, resolvers, and targets.</summary>
internal static class Routes
{
    /// <summary>Returns a target with these instances; a name of the form <c>SUBSET.SERVICE</c> is a subset.</summary>
    public static TargetModel Target(string name, params HostPort[] instances) => Target(name, healthy: true, instances);

    public static TargetModel Target(string name, bool healthy, params HostPort[] instances)
    {
        var (subset, service) = name.Split('.') is [var first, var second] ? (first, second) : ("", name);
        return new TargetModel($"{name}.default.dc1", service, subset, "dc1")
        {
            Endpoints = [.. instances.Select((address, i) => new EndpointModel(service, $"{name}-{i}", $"node-{i}", address, healthy))],
        };
    }

    public static ResolverNode Resolver(TargetModel target, params TargetModel[] failover) => new(target.Id, target, [.. failover]);

    public static ResolverNode Resolver(string name, params HostPort[] instances) => Resolver(Target(name, instances));

    public static SplitterNode Splitter(params (int Weight, RouteNode Next)[] legs) =>
        new("split.default", [.. legs.Select(leg => new SplitLeg(leg.Weight, leg.Next))]);

    /// <summary>Returns a router; the last rule matches all.</summary>
    public static RouterNode Router(RouteNode otherwise, params (RouteMatch Match, RouteAction Action, RouteNode Next)[] rules) =>
        new(
            "web.default",
            [.. rules.Select(rule => new RouteRule(rule.Match, rule.Action, rule.Next)), new RouteRule(null, RouteAction.None, otherwise)]);

    public static RouteMatch Prefix(string value) => new() { Path = new PathRule(PathTest.Prefix, value) };

    public static RouteMatch Exact(string value) => new() { Path = new PathRule(PathTest.Exact, value) };

    public static RouteMatch Regex(string value) => new() { Path = new PathRule(PathTest.Regex, value) };

    public static RouteMatch Header(string name, HeaderTest test, string value, bool invert = false) =>
        new() { Headers = [new HeaderRule(name, test, value) { Invert = invert }] };

    public static RouteMatch Query(string name, QueryTest test, string value) => new() { Query = [new QueryRule(name, test, value)] };

    public static RouteMatch Methods(params string[] methods) => new() { Methods = [.. methods] };

    public static RouteAction Rewrite(string prefix) => new() { PrefixRewrite = prefix };
}
