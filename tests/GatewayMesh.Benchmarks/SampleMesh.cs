using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Net;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Intentions;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Configuration.Matching;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Routing;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Benchmarks;

/// <summary>
/// A mesh in which <c>web</c> calls <c>payments</c> (directly) and <c>orders</c> (through a router of ten rules and a splitter).
/// </summary>
internal static class SampleMesh
{
    /// <summary>Listener of the requests.</summary>
    public static ListenerSpec Outbound { get; } = new(
        "outbound/web", ListenerKind.Outbound, new IPEndPoint(IPAddress.Loopback, 15001)) { Service = "web" };

    /// <summary>Creates the mesh with the given number of instances per service.</summary>
    public static MeshSnapshot Snapshot(int instances, PolicyModel? policy = null)
    {
        var payments = new ServiceModel("payments", "http", policy ?? PolicyModel.Default, Instances("payments", instances));
        var orders = new ServiceModel(
            "orders", "http", policy ?? PolicyModel.Default, Instances("orders", instances)) { Routes = Router(instances) };
        return new MeshSnapshot
        {
            Revision = "benchmark",
            Services = new[] { payments, orders }.ToFrozenDictionary(service => service.Name, StringComparer.OrdinalIgnoreCase),
            Intentions = IntentionTable.Of(DeclaredIntentions.None),
        };
    }

    private static ImmutableArray<EndpointModel> Instances(string service, int count) =>
        [
            .. Enumerable.Range(0, count).Select(
                i => new EndpointModel(service, $"{service}-{i}", $"host-{i}", new HostPort("10.0.0.1", 8000 + i), Healthy: true))];

    // Nine rules that do not match, then the splitter.
    private static RouterNode Router(int instances)
    {
        ResolverNode To(string subset) => new(
            $"{subset}.orders.default.dc1",
            new TargetModel($"{subset}.orders.default.dc1", "orders", subset, "dc1") { Endpoints = Instances("orders", instances) },
            []);
        var rules = Enumerable.Range(0, 9)
            .Select(i => new RouteRule(new RouteMatch { Path = new PathRule(PathTest.Prefix, $"/admin/{i}") }, RouteAction.None, To("v1")))
            .Append(
                new RouteRule(
                    null,
                    RouteAction.None,
                    new SplitterNode("orders.default", [new SplitLeg(9000, To("v1")), new SplitLeg(1000, To("v2"))])));
        return new RouterNode("orders.default", [.. rules]);
    }
}
