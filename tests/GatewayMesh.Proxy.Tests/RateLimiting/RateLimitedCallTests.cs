using System.Net;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Policies.RateLimiting;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Proxy.Tests.Jwt;
using GatewayMesh.Proxy.Tests.Rig;

namespace GatewayMesh.Proxy.Tests.RateLimiting;

/// <summary>Rate limits on the wire: a sidecar in front of an application, a gateway, an ingress.</summary>
public sealed class RateLimitedCallTests
{
    private static readonly RateLimitModel TwoAnHour = new() { Name = "calls", Rate = "2/h", Burst = 2 };

    [Test]
    public async Task A_request_beyond_the_rate_is_refused_with_the_fields_of_the_draft()
    {
        using var payments = Backend.Answering("paid");
        await using var mesh = await With(TwoAnHour);
        using var client = await RawConnection.To(mesh.Inbound(payments.HostPort));

        Assert.That(await Statuses(client, 3), Is.EqualTo(new[] { 200, 200, 429 }));
        var refused = await client.Ask(Call());

        using (Assert.EnterMultipleScope())
        {
            Assert.That(refused.Status, Is.EqualTo(429));
            Assert.That(
                refused["Proxy-Status"],
                Is.EqualTo("gatewaymesh; error=http_request_denied; forwarded=?0; reason=rate_limited; details=\"calls\""));
            Assert.That(refused["RateLimit-Policy"], Is.EqualTo("\"calls\";q=2;w=3600"));
            Assert.That(refused["RateLimit"], Does.Match("^\"calls\";r=0;t=(1800|1799)$"));
            Assert.That(refused["Retry-After"], Is.AnyOf("1800", "1799"));
            Assert.That(refused.Body, Does.Contain("rate_limited"));
            Assert.That(payments.Executed, Is.EqualTo(2));
            Assert.That(
                mesh.Metrics(),
                Does.Contain("gatewaymesh_rate_limited_total{service=\"payments\",limit=\"calls\",mode=\"enforce\"} 2"));
        }
    }

    [Test]
    public async Task A_gRPC_call_beyond_the_rate_ends_with_RESOURCE_EXHAUSTED()
    {
        using var payments = Backend.Answering("paid");
        await using var mesh = await With(TwoAnHour with { Burst = 1 });
        using var client = await RawConnection.To(mesh.Inbound(payments.HostPort));
        await client.Ask(Call());

        var refused = await client.Ask(Call("Content-Type: application/grpc\r\n"));

        Assert.That((refused.Status, refused["grpc-status"]), Is.EqualTo((200, "8")));
        Assert.That(refused["RateLimit-Policy"], Does.StartWith("\"calls\""));
    }

    [Test]
    public async Task Each_combination_of_the_parts_has_its_own_bucket()
    {
        using var payments = Backend.Answering("paid");
        await using var mesh = await With(TwoAnHour with
        {
            Burst = 1,
            By = [new(RateLimitKeySource.Header, "x-tenant"), new(RateLimitKeySource.Method, ""), new(RateLimitKeySource.Path, "")],
        });
        using var client = await RawConnection.To(mesh.Inbound(payments.HostPort));

        async Task<int> Ask(string fields, string method = "GET", string path = "/") => (await client.Ask(Call(fields, method, path))).Status;

        Assert.That(await Ask("X-Tenant: a\r\n"), Is.EqualTo(200));
        Assert.That(await Ask("X-Tenant: a\r\n"), Is.EqualTo(429));
        Assert.That(await Ask("X-Tenant: b\r\n"), Is.EqualTo(200));
        Assert.That(await Ask("X-Tenant: a\r\n", "DELETE"), Is.EqualTo(200));
        Assert.That(await Ask("X-Tenant: a\r\n", path: "/x"), Is.EqualTo(200));
        Assert.That(await Ask("X-Tenant: a\r\n", path: "/%78?y=1"), Is.EqualTo(429), "another spelling is the same path");
        Assert.That(await Ask("X-Tenant: a\r\nX-Tenant: b\r\n"), Is.EqualTo(200));
        Assert.That(await Ask(""), Is.EqualTo(200), "without the field");
        Assert.That(await Ask(""), Is.EqualTo(429), "leaving the field out is no way around the limit");
        Assert.That(await Ask("X-Tenant: \r\n"), Is.EqualTo(200), "an empty value is not a missing one");
    }

    [Test]
    public async Task A_claim_of_a_verified_token_is_a_part()
    {
        using var issuer = new TokenIssuer();
        using var payments = Backend.Answering("paid");
        await using var mesh = await Mesh.Start();
        var limit = TwoAnHour with { Burst = 1, By = [new(RateLimitKeySource.Claim, "sub")] };
        mesh.Service("payments", issuer.Policy(jwt => jwt with { Required = false }) with { RateLimits = [limit] }, payments.HostPort);
        using var client = await RawConnection.To(mesh.Inbound(payments.HostPort));

        async Task<int> Ask(string? token) =>
            (await client.Ask(Call(token is null ? "" : $"Authorization: Bearer {token}\r\n"))).Status;

        var bob = issuer.Token(change: claims => claims["sub"] = "bob");
        Assert.That(await Ask(issuer.Token()), Is.EqualTo(200));
        Assert.That(await Ask(issuer.Token("ES256")), Is.EqualTo(429), "another token of the same subject");
        Assert.That(await Ask(bob), Is.EqualTo(200));
        Assert.That(await Ask(bob), Is.EqualTo(429));
        Assert.That(await Ask(null), Is.EqualTo(200), "without a token");
        Assert.That(await Ask(null), Is.EqualTo(429));
    }

    [Test]
    public async Task The_same_subject_of_two_issuers_is_two_clients()
    {
        const string Other = "https://other.test";
        using var issuer = new TokenIssuer();
        using var second = new TokenIssuer("2");
        using var payments = Backend.Answering("paid");
        await using var mesh = await Mesh.Start();
        var limit = TwoAnHour with { Burst = 1, By = [new(RateLimitKeySource.Claim, "sub")] };
        var policy = issuer.Policy(jwt => jwt with
        {
            Issuers = [.. jwt.Issuers, jwt.Issuers[0] with { Issuer = Other, Jwks = new() { Inline = second.Jwks() } }],
        });
        mesh.Service("payments", policy with { RateLimits = [limit] }, payments.HostPort);
        using var client = await RawConnection.To(mesh.Inbound(payments.HostPort));

        async Task<int> Ask(string token) => (await client.Ask(Call($"Authorization: Bearer {token}\r\n"))).Status;

        Assert.That(await Ask(issuer.Token()), Is.EqualTo(200));
        Assert.That(await Ask(second.Token(change: claims => claims["iss"] = Other)), Is.EqualTo(200), "alice of another issuer");
        Assert.That(await Ask(issuer.Token()), Is.EqualTo(429));
        Assert.That(await Ask(second.Token(change: claims => claims["iss"] = Other)), Is.EqualTo(429));
    }

    [Test]
    public async Task The_calling_service_is_a_part()
    {
        using var payments = Backend.Answering("paid");
        await using var mesh = await With(TwoAnHour with { Burst = 1, By = [new(RateLimitKeySource.Source, "")] });
        using var client = await RawConnection.To(mesh.Inbound(payments.HostPort));

        Assert.That((await client.Ask(Call("gatewaymesh-source: web\r\n"))).Status, Is.EqualTo(200));
        Assert.That((await client.Ask(Call("gatewaymesh-source: web\r\n"))).Status, Is.EqualTo(429));
        Assert.That((await client.Ask(Call("gatewaymesh-source: api\r\n"))).Status, Is.EqualTo(200));
    }

    [TestCase("5", new[] { 200, 200, 429 })]
    [TestCase("10", new[] { 200, 429, 429 })]
    [TestCase("999999", new[] { 200, 429, 429 }, Description = "no more than the burst")]
    [TestCase("", new[] { 200, 200, 429 }, Description = "the default, 4")]
    [TestCase("0", new[] { 200, 200, 429 })]
    [TestCase("-5", new[] { 200, 200, 429 })]
    [TestCase("1e1", new[] { 200, 200, 429 })]
    [TestCase("99999999999999999999", new[] { 200, 200, 429 })]
    public async Task A_request_takes_its_cost(string cost, int[] statuses)
    {
        using var payments = Backend.Answering("paid");
        await using var mesh = await With(TwoAnHour with { Burst = 10, Cost = new() { Header = "x-cost", Default = 4 } });
        using var client = await RawConnection.To(mesh.Inbound(payments.HostPort));
        Assert.That(await Statuses(client, 3, $"X-Cost: {cost}\r\n"), Is.EqualTo(statuses));
    }

    [Test]
    public async Task Shadow_mode_counts_and_refuses_nobody()
    {
        using var payments = Backend.Answering("paid");
        await using var mesh = await With(TwoAnHour with { Mode = RateLimitMode.Shadow });
        using var client = await RawConnection.To(mesh.Inbound(payments.HostPort));

        Assert.That(await Statuses(client, 5), Is.All.EqualTo(200));
        Assert.That(
            mesh.Metrics(), Does.Contain("gatewaymesh_rate_limited_total{service=\"payments\",limit=\"calls\",mode=\"shadow\"} 3"));
    }

    [Test]
    public async Task A_request_that_one_limit_refuses_takes_nothing_from_the_others()
    {
        using var payments = Backend.Answering("paid");
        await using var mesh = await With(
            TwoAnHour with { Name = "all", Burst = 3 },
            TwoAnHour with { Name = "tenant", Burst = 1, By = [new(RateLimitKeySource.Header, "x-tenant")] });
        using var client = await RawConnection.To(mesh.Inbound(payments.HostPort));

        Assert.That(await Statuses(client, 5, "X-Tenant: a\r\n"), Is.EqualTo(new[] { 200, 429, 429, 429, 429 }));
        Assert.That(await Statuses(client, 1, "X-Tenant: b\r\n"), Is.EqualTo(new[] { 200 }));
        Assert.That(await Statuses(client, 1, "X-Tenant: c\r\n"), Is.EqualTo(new[] { 200 }));
        var refused = await client.Ask(Call("X-Tenant: d\r\n"));
        Assert.That(refused["RateLimit-Policy"], Does.StartWith("\"all\""));
    }

    [TestCase(ListenerKind.Mesh)]
    [TestCase(ListenerKind.Ingress)]
    public async Task A_gateway_and_an_ingress_give_the_same_decision(ListenerKind kind)
    {
        using var payments = Backend.Answering("paid");
        await using var mesh = await With([payments.HostPort], TwoAnHour);
        var address = mesh.Open(kind, "listener/8080");
        mesh.Ingress(address.Port, ("payments", "payments"));
        using var client = await RawConnection.To(address);

        Assert.That(await Statuses(client, 3), Is.EqualTo(new[] { 200, 200, 429 }));
    }

    [Test]
    public async Task A_sidecar_of_the_caller_counts_nothing_and_passes_a_refusal_on_without_another_try()
    {
        using var payments = Backend.Answering("paid");
        await using var callee = await With(TwoAnHour with { Burst = 1 });
        var inbound = callee.Inbound(payments.HostPort);
        var instance = new HostPort(inbound.Address.ToString(), inbound.Port);
        await using var caller = await With([instance, instance], TwoAnHour with { Burst = 1 });
        using var client = await RawConnection.To(caller.Outbound());

        Assert.That(await Statuses(client, 1), Is.EqualTo(new[] { 200 }));
        var refused = await client.Ask(Call());

        Assert.That(refused.Status, Is.EqualTo(429));
        Assert.That(refused["RateLimit"], Does.StartWith("\"calls\";r=0"));
        Assert.That(refused["Retry-After"], Is.Not.Empty);
        Assert.That(caller.Metrics(), Does.Not.Contain("gatewaymesh_rate_limited_total{"));
        Assert.That(
            callee.Metrics(), Does.Contain("gatewaymesh_rate_limited_total{service=\"payments\",limit=\"calls\",mode=\"enforce\"} 1"));
    }

    [TestCase("gatewaymesh-source: gatewaymesh-ingress\r\n")]
    [TestCase("gatewaymesh-source: web\r\nVia: 1.1 host-b-sidecar, 1.1 gw-a-gateway\r\n")]
    public async Task A_request_that_an_ingress_or_a_gateway_has_counted_is_not_counted_again(string fields)
    {
        using var payments = Backend.Answering("paid");
        await using var mesh = await With(TwoAnHour with { Burst = 1 });
        using var client = await RawConnection.To(mesh.Inbound(payments.HostPort));
        Assert.That(await Statuses(client, 3, fields), Is.All.EqualTo(200));
    }

    [Test]
    public async Task Buckets_survive_another_rate_and_a_new_snapshot_and_end_with_another_list_of_parts()
    {
        using var payments = Backend.Answering("paid");
        await using var mesh = await With(TwoAnHour);
        using var client = await RawConnection.To(mesh.Inbound(payments.HostPort));
        Assert.That(await Statuses(client, 3), Is.EqualTo(new[] { 200, 200, 429 }));

        mesh.Service("other", payments.HostPort);
        Declare(mesh, [], TwoAnHour with { Rate = "3/h" });
        Assert.That(await Statuses(client, 1), Is.EqualTo(new[] { 429 }));
        Declare(mesh, [], TwoAnHour with { By = [new(RateLimitKeySource.Method, "")] });
        Assert.That(await Statuses(client, 1), Is.EqualTo(new[] { 200 }));
        Assert.That(mesh.Metrics(), Does.Contain("gatewaymesh_rate_limit_keys 1"));
        Declare(mesh, []);
        Assert.That(await Statuses(client, 3), Is.All.EqualTo(200));
        Assert.That(mesh.Metrics(), Does.Contain("gatewaymesh_rate_limit_keys 0"));
    }

    [Test]
    public async Task A_service_is_limited_while_it_is_not_registered_and_its_buckets_survive_its_registration()
    {
        using var payments = Backend.Answering("paid");
        await using var mesh = await Mesh.Start();
        var policy = PolicyModel.Default with { RateLimits = [TwoAnHour] };
        mesh.Policy(policy);
        using var client = await RawConnection.To(mesh.Inbound(payments.HostPort));

        Assert.That(await Statuses(client, 1), Is.EqualTo(new[] { 200 }));
        mesh.Service("other", payments.HostPort);
        Assert.That(await Statuses(client, 2), Is.EqualTo(new[] { 200, 429 }));
        mesh.Service("payments", policy, payments.HostPort);
        Assert.That(await Statuses(client, 1), Is.EqualTo(new[] { 429 }));
        Assert.That(payments.Executed, Is.EqualTo(2));
    }

    [TestCase("203.0.113.9, 198.51.100.7", "198.51.100.7, 198.51.100.7", Description = "what the client wrote itself counts for nothing")]
    [TestCase("198.51.100.7, 127.0.0.1", "198.51.100.7", Description = "trusted proxies are passed over")]
    [TestCase("2001:db8::1", "2001:db8::ffff:2", Description = "one /64")]
    public async Task Behind_a_trusted_proxy_the_client_is_the_last_address_that_is_no_proxy(string one, string same)
    {
        using var payments = Backend.Answering("paid");
        await using var mesh = await Mesh.Start(
            options => options with { TrustedProxies = [IPNetwork.Parse("127.0.0.0/8")] });
        Declare(mesh, [payments.HostPort], TwoAnHour with { Burst = 1, By = [new(RateLimitKeySource.Address, "")] });
        var address = mesh.Open(ListenerKind.Ingress, "ingress/8080");
        mesh.Ingress(address.Port, ("payments", "payments"));
        using var client = await RawConnection.To(address);

        Assert.That(await Statuses(client, 1, $"X-Forwarded-For: {one}\r\n"), Is.EqualTo(new[] { 200 }));
        Assert.That(await Statuses(client, 1, $"X-Forwarded-For: {same}\r\n"), Is.EqualTo(new[] { 429 }));
        Assert.That(await Statuses(client, 1, "X-Forwarded-For: 192.0.2.1\r\n"), Is.EqualTo(new[] { 200 }));
    }

    [Test]
    public async Task A_client_that_is_no_trusted_proxy_cannot_name_another_address()
    {
        using var payments = Backend.Answering("paid");
        await using var mesh = await With([payments.HostPort], TwoAnHour with { Burst = 1, By = [new(RateLimitKeySource.Address, "")] });
        var address = mesh.Open(ListenerKind.Ingress, "ingress/8080");
        mesh.Ingress(address.Port, ("payments", "payments"));
        using var client = await RawConnection.To(address);

        Assert.That(await Statuses(client, 1, "X-Forwarded-For: 192.0.2.1\r\n"), Is.EqualTo(new[] { 200 }));
        Assert.That(await Statuses(client, 1, "X-Forwarded-For: 192.0.2.2\r\n"), Is.EqualTo(new[] { 429 }));
    }

    private static string Call(string fields = "", string method = "GET", string path = "/") =>
        $"{method} {path} HTTP/1.1\r\nHost: payments\r\n{fields}\r\n";

    private static async Task<List<int>> Statuses(RawConnection client, int count, string fields = "")
    {
        var statuses = new List<int>();
        for (var i = 0; i < count; i++)
        {
            statuses.Add((await client.Ask(Call(fields))).Status);
        }

        return statuses;
    }

    private static Task<Mesh> With(params RateLimitModel[] limits) => With([], limits);

    private static async Task<Mesh> With(HostPort[] instances, params RateLimitModel[] limits) =>
        Declare(await Mesh.Start(), instances, limits);

    private static Mesh Declare(Mesh mesh, HostPort[] instances, params RateLimitModel[] limits) =>
        mesh.Service("payments", PolicyModel.Default with { RateLimits = [.. limits] }, instances);
}
