using System.Globalization;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.Routing.Matching;
using GatewayMesh.Proxy.Routing.Tree;
using GatewayMesh.Proxy.Tests.Routing.Matching;

namespace GatewayMesh.Proxy.Tests.ServiceRoutes;

/// <summary>Routes of a snapshot, asked without a network.</summary>
internal sealed class CompiledRoutes
{
    private readonly MeshSnapshot _snapshot;
    private readonly EndpointTable _endpoints;
    private readonly RouteTable _routes;

    public CompiledRoutes(MeshSnapshot snapshot)
    {
        _snapshot = snapshot;
        _endpoints = new EndpointRegistry(TimeProvider.System).Apply(snapshot);
        _routes = RouteTable.Of(snapshot, _endpoints, new SplitMix(1), TimeProvider.System);
    }

    /// <summary>
    /// Returns the end of a request's route: the service whose instances get it, <c>STATUS REASON</c>, <c>redirect</c>, or the shares of a
    /// split, such as <c>70 one.shop, 30 two.shop</c>.
    /// </summary>
    public string End(string service, string path = "/", string method = "GET", params string[] headers)
    {
        if (_routes.Find(service, _snapshot.Namespace) is null)
        {
            return _endpoints.Find(service) is { } own ? $"directly {own.Service}" : "unknown";
        }

        return Text(Node(service, path, method, headers));
    }

    /// <summary>Returns the leaf of a request that has one.</summary>
    public LiveLeaf Leaf(string service, string path = "/", string method = "GET", params string[] headers) =>
        Node(service, path, method, headers) is LiveSplitter split ? (LiveLeaf)split.Legs[0].Next
            : (LiveLeaf)Node(service, path, method, headers);

    /// <summary>Returns the rule that decides, such as <c>HTTPRoute shop/api[0]</c>.</summary>
    public string Rule(string service, string path = "/", string method = "GET", params string[] headers) =>
        Node(service, path, method, headers) switch
        {
            LiveLeaf leaf => leaf.Rule,
            LiveAnswer answer => answer.Rule,
            LiveSplitter split => split.Name,
            var other => other.Name,
        };

    private LiveNode Node(string service, string path, string method, string[] headers)
    {
        var node = _routes.Find(service, _snapshot.Namespace)!;
        return node is LiveRouter router ? router.Next(new AskedRoute(new Asked(method, headers), path))! : node;
    }

    private static string Text(LiveNode node) => node switch
    {
        LiveLeaf { Redirect: not null } => "redirect",
        LiveLeaf leaf => leaf.Targets[0].Instances.Service,
        LiveAnswer answer => string.Create(
            CultureInfo.InvariantCulture, $"{ErrorTable.Of(answer.Error).Status} {ErrorTable.Of(answer.Error).Reason}"),
        LiveSplitter split => string.Join(
            ", ", split.Legs.Select(leg => string.Create(CultureInfo.InvariantCulture, $"{leg.Weight} {Text(leg.Next)}"))),
        _ => node.Name,
    };
}
