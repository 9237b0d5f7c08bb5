using System.Collections.Immutable;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Headers;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Configuration.Routing;
using GatewayMesh.Proxy.Tests.Rig;

namespace GatewayMesh.Proxy.Tests.Routing;

/// <summary>Changes to header fields by routes, splits, and the services of an ingress.</summary>
internal sealed class HeaderChangesTests
{
    [Test]
    public async Task A_route_removes_adds_and_sets_fields_of_requests_and_responses()
    {
        using var backend = Backend.Answering("ok", "x-internal: secret\r\nx-kind: plain\r\nx-both: backend\r\n");
        await using var mesh = await Mesh.Start();
        mesh.Service("payments", backend.HostPort).Route("web", Routes.Router(
            Routes.Resolver("other", backend.HostPort),
            (
                Routes.Prefix("/v1"),
                new RouteAction
                {
                    RequestHeaders = Changes(add: [("x-tag", "route"), ("x-new", "1")], set: [("x-user", "mesh")], remove: ["x-debug"]),
                    ResponseHeaders = Changes(add: [("x-both", "route")], set: [("x-kind", "changed")], remove: ["X-Internal"]),
                },
                Routes.Resolver("payments", backend.HostPort))));

        var response = await Ask(
            mesh, "GET /v1/x HTTP/1.1\r\nHost: web\r\nx-tag: client\r\nX-User: forged\r\nx-user: twice\r\nX-Debug: 1\r\nx-kept: 1\r\n\r\n");

        Assert.Multiple(() =>
        {
            Assert.That(backend.Last.Values("x-tag"), Is.EqualTo(new[] { "client", "route" }));
            Assert.That(backend.Last.Values("x-user"), Is.EqualTo(new[] { "mesh" }));
            Assert.That(backend.Last["x-new"], Is.EqualTo("1"));
            Assert.That(backend.Last.Has("x-debug"), Is.False);
            Assert.That(backend.Last["x-kept"], Is.EqualTo("1"));
            Assert.That(response.Has("x-internal"), Is.False);
            Assert.That(response.Values("x-kind"), Is.EqualTo(new[] { "changed" }));
            Assert.That(response.Values("x-both"), Is.EqualTo(new[] { "backend", "route" }));
        });

        _ = await Ask(mesh, "GET /other HTTP/1.1\r\nHost: web\r\nX-Debug: 1\r\n\r\n");
        Assert.That(backend.Last.Has("x-debug"), Is.True, "the rule does not match");
    }

    [Test]
    public async Task The_rule_comes_after_the_split_as_in_Envoy()
    {
        using var backend = Backend.Answering("ok");
        await using var mesh = await Mesh.Start();
        var split = new SplitterNode(
            "web.default",
            [
                new SplitLeg(10_000, Routes.Resolver("payments", backend.HostPort))
                {
                    RequestHeaders = Changes(add: [("x-list", "split")], set: [("x-set", "split"), ("x-split", "1")]),
                },
            ]);
        mesh.Service("payments", backend.HostPort).Route("web", new RouterNode(
            "web.default",
            [
                new RouteRule(
                    null,
                    new RouteAction { RequestHeaders = Changes(add: [("x-list", "rule")], set: [("x-set", "rule")]) },
                    split),
            ]));

        _ = await Ask(mesh, "GET / HTTP/1.1\r\nHost: web\r\n\r\n");

        Assert.Multiple(() =>
        {
            Assert.That(backend.Last.Values("x-set"), Is.EqualTo(new[] { "rule" }));
            Assert.That(backend.Last.Values("x-list"), Is.EqualTo(new[] { "split", "rule" }));
            Assert.That(backend.Last["x-split"], Is.EqualTo("1"));
        });
    }

    [Test]
    public async Task A_service_of_an_ingress_changes_fields()
    {
        using var backend = Backend.Answering("ok");
        await using var mesh = await Mesh.Start(options => options with { RoleName = "ingress" });
        mesh.BareService("payments", backend.HostPort);
        var address = mesh.Open(ListenerKind.Ingress, "ingress/public");
        mesh.Ingress(
            address.Port,
            "payments",
            FieldEdits.Of(Changes(set: [("x-edge", "yes")]), Changes(set: [("strict-transport-security", "max-age=63072000")]))!,
            "*");
        using var client = await RawConnection.To(address);

        var response = await client.Ask("GET / HTTP/1.1\r\nHost: any\r\nX-Edge: forged\r\n\r\n");

        Assert.That(backend.Last.Values("x-edge"), Is.EqualTo(new[] { "yes" }));
        Assert.That(response["strict-transport-security"], Is.EqualTo("max-age=63072000"));
    }

    [Test]
    public void Nested_splits_merge_as_in_Consul()
    {
        var outer = Changes(add: [("a", "outer"), ("b", "outer")], set: [("c", "outer")], remove: ["d"]);
        var inner = Changes(add: [("a", "inner")], set: [("c", "inner"), ("e", "inner")], remove: ["D", "f"]);

        Assert.That(
            outer.Merge(inner),
            Is.EqualTo(Changes(add: [("a", "inner"), ("b", "outer")], set: [("c", "inner"), ("e", "inner")], remove: ["d", "f"])));
    }

    private static HeaderChanges Changes(
        (string Name, string Value)[]? add = null, (string Name, string Value)[]? set = null, string[]? remove = null) => new()
    {
        Add = Map(add),
        Set = Map(set),
        Remove = [.. remove ?? []],
    };

    private static ImmutableSortedDictionary<string, string> Map((string Name, string Value)[]? pairs) =>
        (pairs ?? []).ToImmutableSortedDictionary(pair => pair.Name, pair => pair.Value, StringComparer.Ordinal);

    private static async Task<RawMessage> Ask(Mesh mesh, string request)
    {
        using var client = await RawConnection.To(mesh.Open(ListenerKind.Outbound, $"outbound/{request.Length}"));
        return await client.Ask(request);
    }
}
