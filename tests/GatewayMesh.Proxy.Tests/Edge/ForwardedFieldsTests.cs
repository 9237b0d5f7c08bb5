using System.Net;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Proxy.Tests.Rig;
using GatewayMesh.Proxy.Tests.Rig.Http2;

namespace GatewayMesh.Proxy.Tests.Edge;

/// <summary>Fields that name a proxy's client, from trusted and untrusted senders, over HTTP/1.1 and HTTP/2.</summary>
internal sealed class ForwardedFieldsTests
{
    private static readonly string[] Names =
    [
        "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Port", "X-Forwarded-Prefix", "X-Forwarded-Server",
        "X-Forwarded-Ssl", "X-Forwarded-User", "X-Forwarded-Anything", "X-Forwarded-Client-Cert", "Forwarded", "X-Real-IP", "Client-Cert",
        "Client-Cert-Chain", "Proxy-Status", "gatewaymesh-source", "gatewaymesh-anything",
    ];

    [Test]
    public async Task Forged_fields_of_an_untrusted_client_never_reach_the_application([Values] bool http2, [Values] bool hasSidecar)
    {
        using var application = Backend.Answering("paid");
        await using var edge = await Start(application, hasSidecar);
        var forged = Names
            .SelectMany<string, string>(
                name => [name, name, name.ToUpperInvariant(), name.Replace('-', '_'), name.ToLowerInvariant().Replace('-', '_')])
            .Where(name => http2 || !name.StartsWith("gatewaymesh_", StringComparison.OrdinalIgnoreCase)) // 400, see below
            .Select((name, i) => (name, $"forged-{i}"))
            .ToArray();

        Assert.That(await Ask(edge.Address, http2, [.. forged, ("X-Mine", "kept")]), Is.EqualTo(200));

        var last = application.Last;
        Assert.That(last.Head, Does.Not.Contain("forged").IgnoreCase);
        Assert.That(last["X-Mine"], Is.EqualTo("kept"));
        // The callee's sidecar adds its own peer.
        Assert.That(last.Values("X-Forwarded-For"), Is.EqualTo(new[] { hasSidecar ? "127.0.0.1, 127.0.0.1" : "127.0.0.1" }));
        Assert.That(last.Values("X-Forwarded-Proto"), Is.EqualTo(new[] { "http" }));
        Assert.That(last.Values("X-Forwarded-Host"), Is.EqualTo(new[] { "shop.example" }));
        Assert.That(last.Has("Forwarded"), Is.False);
    }

    [Test]
    public async Task Forged_trailers_of_an_untrusted_client_never_reach_the_application([Values] bool http2)
    {
        using var application = Backend.Answering("paid");
        await using var edge = await Start(application, hasSidecar: false);
        (string Name, string Value)[] forged =
        [
            .. Names.SelectMany<string, string>(name => [name, name.Replace('-', '_')]).Select((name, i) => (name, $"forged-{i}")),
            ("x-sum", "1"),
        ];
        if (http2)
        {
            using var client = await H2Connection.To(edge.Address);
            var stream = await client.Request(Fields.Request("POST", "/", "shop.example"), end: false);
            await client.Data(stream, "x");
            await client.Headers(stream, Fields.Of([.. forged.Select(each => (each.Name.ToLowerInvariant(), each.Value))]), end: true);
            Assert.That((await client.ReadMessage()).Status, Is.EqualTo(200));
        }
        else
        {
            using var client = await RawConnection.To(edge.Address);
            var lines = string.Concat(forged.Select(each => $"{each.Name}: {each.Value}\r\n"));
            var answer = await client.Ask(
                $"POST / HTTP/1.1\r\nHost: shop.example\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n{lines}\r\n");
            Assert.That(answer.Status, Is.EqualTo(200));
        }

        Assert.That(application.Last.Head + string.Concat(application.Last.Trailers), Does.Not.Contain("forged").IgnoreCase);
        Assert.That(
            application.Last.Trailers, http2 ? Is.Empty : Is.EqualTo(new[] { "x-sum: 1" }), "others arrive over HTTP/1.1");
    }

    [Test]
    public async Task The_underscore_spelling_of_a_mesh_field_is_400_over_HTTP_1()
    {
        using var application = Backend.Answering("paid");
        await using var edge = await Start(application, hasSidecar: false);

        Assert.That(await Ask(edge.Address, http2: false, ("gatewaymesh_source", "web")), Is.EqualTo(400));
        Assert.That(application.Executed, Is.Zero);
    }

    [Test]
    public async Task An_untrusted_client_cannot_remove_the_fields_of_the_edge()
    {
        using var application = Backend.Answering("paid");
        await using var edge = await Start(application, hasSidecar: false);

        await Ask(edge.Address, http2: false, ("Connection", "X-Forwarded-For, X-Forwarded-Proto, X-Forwarded-Host"));

        Assert.That(
            (application.Last["X-Forwarded-For"], application.Last["X-Forwarded-Proto"], application.Last["X-Forwarded-Host"]),
            Is.EqualTo(("127.0.0.1", "http", "shop.example")));
    }

    [Test]
    public async Task Fields_of_a_trusted_proxy_are_kept_and_extended([Values] bool http2)
    {
        using var application = Backend.Answering("paid");
        await using var edge = await Start(application, hasSidecar: false, "127.0.0.0/8");

        await Ask(
            edge.Address,
            http2,
            ("X-Forwarded-For", "203.0.113.9"),
            ("X-Forwarded-For", "198.51.100.7"),
            ("X-Forwarded-Proto", "https"),
            ("X-Forwarded-Host", "public.example"),
            ("X-Forwarded-Port", "443"),
            ("Forwarded", "for=203.0.113.9;proto=https"),
            ("X-Real-IP", "203.0.113.9"),
            ("X-Forwarded-Client-Cert", "forged"),
            ("Client-Cert", "forged"),
            ("gatewaymesh-source", "forged"));

        var last = application.Last;
        Assert.That(string.Join(", ", last.Values("X-Forwarded-For")), Is.EqualTo("203.0.113.9,198.51.100.7, 127.0.0.1").Or.EqualTo(
            "203.0.113.9, 198.51.100.7, 127.0.0.1"));
        Assert.That(last.Values("X-Forwarded-Proto"), Is.EqualTo(new[] { "https" }));
        Assert.That(last.Values("X-Forwarded-Host"), Is.EqualTo(new[] { "public.example" }));
        Assert.That(last.Values("X-Forwarded-Port"), Is.EqualTo(new[] { "443" }));
        Assert.That(last.Values("Forwarded"), Is.EqualTo(new[] { "for=203.0.113.9;proto=https, for=127.0.0.1" }));
        Assert.That(last.Values("X-Real-IP"), Is.EqualTo(new[] { "203.0.113.9" }));
        Assert.That(last.Head, Does.Not.Contain("forged"));
    }

    private static async Task<PublicMesh> Start(Backend application, bool hasSidecar, params string[] trusted)
    {
        var edge = await PublicMesh.Start(application);
        if (hasSidecar)
        {
            edge.Mesh.Service("payments", new HostPort("127.0.0.1", edge.Mesh.Inbound(application.HostPort).Port));
        }

        return edge.With(listener => listener, trusted);
    }

    private static async Task<int> Ask(IPEndPoint address, bool http2, params (string Name, string Value)[] fields)
    {
        if (http2)
        {
            using var multiplexed = await H2Connection.To(address);
            return (await multiplexed.Ask(Fields.Request(
                "GET", "/", "shop.example", [.. fields.Select(field => (field.Name.ToLowerInvariant(), field.Value))]))).Status;
        }

        using var client = await RawConnection.To(address);
        var lines = string.Concat(fields.Select(field => $"{field.Name}: {field.Value}\r\n"));
        return (await client.Ask($"GET / HTTP/1.1\r\nHost: shop.example\r\n{lines}\r\n")).Status;
    }
}
