using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Headers;
using GatewayMesh.Configuration.Policies.LoadBalancing;
using GatewayMesh.Configuration.Routing;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Fixtures;
using GatewayMesh.Registry.Files;

namespace GatewayMesh.Registry.Tests.Routing;

/// <summary>Keys of routing entries from the file to the snapshot: header changes of routes, splits, and services, and cookies.</summary>
public sealed class RouteKeysTests
{
    [Test]
    public void Header_changes_of_routes_splits_and_services_reach_the_snapshot()
    {
        var snapshot = Compile(
            """
            kind: service-defaults
            name: web
            protocol: http
            ---
            kind: service
            name: web
            instances: [ { id: web-1, address: 10.0.0.1, port: 80 } ]
            ---
            kind: service-router
            name: web
            routes:
              - match: { http: { pathPrefix: /a } }
                destination:
                  requestHeaders: { add: { x-a: route }, set: { X-B: route }, remove: [ X-C ] }
                  responseHeaders: { remove: [ server ] }
            ---
            kind: service-splitter
            name: web
            splits:
              - { weight: 100, requestHeaders: { set: { x-split: "100 %%" } }, responseHeaders: { add: { x-split: yes } } }
            ---
            kind: ingress-gateway
            name: gatewaymesh-ingress
            listeners:
              - port: 8080
                protocol: http
                services:
                  - { name: web, hosts: [ "*" ], requestHeaders: { set: { x-edge: "1" } }, responseHeaders: { remove: [ x-inner ] } }
            """);
        var router = (RouterNode)snapshot.Services["web"].Routes!;
        var (route, leg) = (router.Rules[0].Action, ((SplitterNode)router.Rules[^1].Next).Legs[0]);
        var edge = snapshot.Ingress[("gatewaymesh-ingress", 8080)].Edits["web"];

        using (Assert.EnterMultipleScope())
        {
            Assert.That(Text(FieldEdit.Of(route.RequestHeaders)), Is.EqualTo("-x-b\n-x-c\n+x-a: route\n+x-b: route"));
            Assert.That(Text(FieldEdit.Of(route.ResponseHeaders)), Is.EqualTo("-server"));
            Assert.That(Text(FieldEdit.Of(leg.RequestHeaders)), Is.EqualTo("-x-split\n+x-split: 100 %"));
            Assert.That(Text(FieldEdit.Of(leg.ResponseHeaders)), Is.EqualTo("+x-split: yes"));
            Assert.That((Text(edge.Request), Text(edge.Response)), Is.EqualTo(("-x-edge\n+x-edge: 1", "-x-inner")));
        }
    }

    [TestCase("session: true", 0, "")]
    [TestCase("session: true, path: /shop", 0, "/shop")]
    [TestCase("ttl: 90m", 5400, "")]
    [TestCase("TTL: 30s, path: /", 30, "/")]
    public void A_cookie_of_a_resolver_reaches_the_policy(string cookie, int seconds, string path) =>
        Assert.That(Hash($"{{ {cookie} }}").Made, Is.EqualTo(new HashCookie(TimeSpan.FromSeconds(seconds), path)));

    [TestCase("{ path: /shop }")]
    [TestCase("{ session: false }")]
    [TestCase("{ ttl: 0s }")]
    public void A_cookie_without_a_lifetime_is_not_made(string cookie) => Assert.That(Hash(cookie).Made, Is.Null);

    private static HashKey Hash(string cookie) => Compile(
        $$"""
        kind: service
        name: web
        instances: [ { id: web-1, address: 10.0.0.1, port: 80 } ]
        ---
        kind: service-resolver
        name: web
        loadBalancer:
          policy: maglev
          hashPolicies: [ { field: cookie, fieldValue: stick, cookieConfig: {{cookie}} } ]
        """).Services["web"].Policy.LoadBalancing.Hash.Single();

    private static string? Text(FieldEdit? edit) => edit?.ToString();

    private static MeshSnapshot Compile(string yaml)
    {
        using var folder = new TemporaryFolder();
        folder.Write("entries.yaml", yaml);
        var errors = new ConfigErrors();
        var entries = EntryFolder.Read([folder["entries.yaml"]], errors);
        Assert.That(errors.ToSorted(), Is.Empty);
        return SnapshotCompiler.Compile(entries!, []);
    }
}
