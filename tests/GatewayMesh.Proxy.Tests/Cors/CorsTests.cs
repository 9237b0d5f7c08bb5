using GatewayMesh.Configuration.Entries.Routers;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Policies.Cors;
using GatewayMesh.Configuration.Routing;
using GatewayMesh.Proxy.Tests.Jwt;
using GatewayMesh.Proxy.Tests.Rig;

namespace GatewayMesh.Proxy.Tests.Cors;

/// <summary>Requests of browsers at a public listener (Fetch Standard, "CORS protocol").</summary>
internal sealed class CorsTests
{
    private static readonly CorsModel Model = new()
    {
        Origins =
        [
            new CorsOrigin { Exact = "https://app.example" },
            new CorsOrigin { Suffix = ".shop.example" },
            new CorsOrigin { Regex = "https://pr-[0-9]+\\.test" },
            new CorsOrigin { Wildcard = "https://*.tls.example" },
            new CorsOrigin { Wildcard = "http://*.dev.example:8080" },
        ],
        Methods = ["GET", "PUT"],
        Headers = ["x-one", "content-type"],
        ExposedHeaders = ["x-total"],
        Credentials = true,
    };

    [TestCase("https://app.example", true)]
    [TestCase("HTTPS://APP.EXAMPLE", true)]
    [TestCase("http://app.example", false)]
    [TestCase("https://a.shop.example", true)]
    [TestCase("https://evilshop.example", false)]
    [TestCase("https://a.shop.example.evil.test", false)]
    [TestCase("https://pr-12.test", true)]
    [TestCase("https://pr-12.test.evil", false)]
    [TestCase("https://pr-x.test", false)]
    [TestCase("https://a.tls.example", true)]
    [TestCase("https://b.a.tls.example", true)]
    [TestCase("HTTPS://A.TLS.EXAMPLE", true)]
    [TestCase("http://a.tls.example", false, Description = "another scheme")]
    [TestCase("https://a.tls.example:8443", false, Description = "another port")]
    [TestCase("https://tls.example", false)]
    [TestCase("https://.tls.example", false)]
    [TestCase("https://eviltls.example", false)]
    [TestCase("https://evil.test/a.tls.example", false)]
    [TestCase("https://evil.test:1.tls.example", false)]
    [TestCase("https://evil@a.tls.example", false)]
    [TestCase("http://a.dev.example:8080", true)]
    [TestCase("http://a.dev.example", false)]
    [TestCase("http://a.dev.example:80801", false)]
    [TestCase("https://a.dev.example:8080", false)]
    [TestCase("null", false)]
    public async Task A_preflight_request_is_answered_by_the_mesh_without_a_token(string origin, bool isAllowed)
    {
        using var issuer = new TokenIssuer();
        using var backend = Backend.Answering("ok");
        await using var mesh = await Mesh.Start();

        var response = await Ask(
            mesh,
            backend,
            issuer.Policy() with { Cors = Model },
            $"OPTIONS /x HTTP/1.1\r\nHost: shop\r\nOrigin: {origin}\r\nAccess-Control-Request-Method: PUT\r\n\r\n");

        Assert.That((response.Status, response["Vary"], backend.Executed), Is.EqualTo((204, "Origin", 0)));
        Assert.That(response["Access-Control-Allow-Origin"], Is.EqualTo(isAllowed ? origin : null));
        Assert.That(response["Access-Control-Allow-Credentials"], Is.EqualTo(isAllowed ? "true" : null));
        Assert.That(response["Access-Control-Allow-Methods"], Is.EqualTo(isAllowed ? "GET, PUT" : null));
        Assert.That(response["Access-Control-Allow-Headers"], Is.EqualTo(isAllowed ? "x-one, content-type" : null));
        Assert.That(response["Access-Control-Max-Age"], Is.EqualTo(isAllowed ? "600" : null));
    }

    [Test]
    public async Task A_response_has_the_fields_of_the_policy_in_place_of_the_applications()
    {
        using var backend = Backend.Answering("ok", "Access-Control-Allow-Origin: *\r\nVary: Accept\r\nX-Total: 3\r\n");
        await using var mesh = await Mesh.Start();
        var policy = PolicyModel.Default with { Cors = Model };

        var allowed = await Ask(mesh, backend, policy, "GET / HTTP/1.1\r\nHost: shop\r\nOrigin: https://app.example\r\n\r\n");
        var other = await Ask(mesh, backend, policy, "GET / HTTP/1.1\r\nHost: shop\r\nOrigin: https://evil.example\r\n\r\n");

        Assert.That(allowed.Values("Access-Control-Allow-Origin"), Is.EqualTo(new[] { "https://app.example" }));
        Assert.That(allowed["Access-Control-Expose-Headers"], Is.EqualTo("x-total"));
        Assert.That(allowed.Values("Vary"), Is.EquivalentTo(new[] { "Accept", "Origin" }));
        Assert.That((other.Status, other.Has("Access-Control-Allow-Origin")), Is.EqualTo((200, false)));
    }

    [TestCase("https://evil.test", null)]
    [TestCase("https://app.example", "true")]
    public async Task An_origin_that_is_allowed_only_because_all_are_may_not_send_credentials(string origin, string? credentials)
    {
        using var backend = Backend.Answering("ok");
        await using var mesh = await Mesh.Start();
        var policy = PolicyModel.Default with
        {
            Cors = new CorsModel
            {
                Origins = [new CorsOrigin { Exact = "*" }, new CorsOrigin { Regex = ".*" }, new CorsOrigin { Exact = "https://app.example" }],
                Credentials = true,
            },
        };

        var response = await Ask(mesh, backend, policy, $"GET / HTTP/1.1\r\nHost: shop\r\nOrigin: {origin}\r\n\r\n");

        Assert.That(response["Access-Control-Allow-Origin"], Is.EqualTo(origin));
        Assert.That(response["Access-Control-Allow-Credentials"], Is.EqualTo(credentials));
    }

    [Test]
    public async Task A_page_can_read_an_error_of_the_mesh()
    {
        using var issuer = new TokenIssuer();
        using var backend = Backend.Answering("ok");
        await using var mesh = await Mesh.Start();

        var response = await Ask(
            mesh,
            backend,
            issuer.Policy() with { Cors = Model },
            "GET / HTTP/1.1\r\nHost: shop\r\nOrigin: https://app.example\r\n\r\n");

        Assert.That((response.Status, response["Access-Control-Allow-Origin"]), Is.EqualTo((401, "https://app.example")));
    }

    [Test]
    public async Task A_preflight_request_for_a_route_that_redirects_is_answered_and_the_redirect_can_be_followed_by_a_page()
    {
        using var backend = Backend.Answering("ok");
        await using var mesh = await Mesh.Start();
        var target = Routes.Target("shop", backend.HostPort) with { Policy = PolicyModel.Default with { Cors = Model } };
        var leaf = Routes.Resolver(target);
        var redirect = new RouteAction { RequestRedirect = new RequestRedirect { Path = new PathChange { ReplaceFullPath = "/new" } } };
        mesh.Service("shop", backend.HostPort).Route("shop", Routes.Router(leaf, (Routes.Prefix("/old"), redirect, leaf)));
        var address = mesh.Open(ListenerKind.Ingress, "ingress/public");
        mesh.Ingress(address.Port, ("*", "shop"));
        using var client = await RawConnection.To(address);

        var preflight = await client.Ask(
            "OPTIONS /old HTTP/1.1\r\nHost: shop\r\nOrigin: https://app.example\r\nAccess-Control-Request-Method: PUT\r\n\r\n");
        var request = await client.Ask("GET /old HTTP/1.1\r\nHost: shop\r\nOrigin: https://app.example\r\n\r\n");

        Assert.That(
            (preflight.Status, preflight["Access-Control-Allow-Origin"], preflight["Location"]),
            Is.EqualTo((204, "https://app.example", (string?)null)));
        Assert.That(
            (request.Status, request["Access-Control-Allow-Origin"], request["Location"]),
            Is.EqualTo((302, "https://app.example", "http://shop/new")));
    }

    [Test]
    public async Task A_service_without_instances_is_an_error_that_a_page_can_read()
    {
        await using var mesh = await Mesh.Start();
        mesh.BareService("shop", "http", PolicyModel.Default with { Cors = Model });
        var address = mesh.Open(ListenerKind.Ingress, "ingress/public");
        mesh.Ingress(address.Port, ("*", "shop"));
        using var client = await RawConnection.To(address);

        var preflight = await client.Ask(
            "OPTIONS / HTTP/1.1\r\nHost: shop\r\nOrigin: https://app.example\r\nAccess-Control-Request-Method: PUT\r\n\r\n");
        var request = await client.Ask("GET / HTTP/1.1\r\nHost: shop\r\nOrigin: https://app.example\r\n\r\n");

        Assert.That(preflight.Status, Is.EqualTo(204));
        Assert.That((request.Status, request["Access-Control-Allow-Origin"]), Is.EqualTo((503, "https://app.example")));
    }

    private static async Task<RawMessage> Ask(Mesh mesh, Backend backend, PolicyModel policy, string request)
    {
        mesh.BareService("shop", "http", policy, backend.HostPort);
        var address = mesh.Open(ListenerKind.Ingress, $"ingress/{Guid.NewGuid():N}");
        mesh.Ingress(address.Port, ("*", "shop"));
        using var client = await RawConnection.To(address);
        return await client.Ask(request);
    }
}
