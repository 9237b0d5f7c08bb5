using System.Collections.Frozen;
using System.Net;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Entries.Tokens;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Policies.Jwt;
using GatewayMesh.Configuration.Policies.Retries;
using GatewayMesh.Configuration.Policies.Timeouts;
using GatewayMesh.Configuration.Routing;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Proxy.Tests.Authorization;
using GatewayMesh.Proxy.Tests.Jwt;
using GatewayMesh.Proxy.Tests.Rig;
using Microsoft.Extensions.Time.Testing;
using static GatewayMesh.Proxy.Tests.Authorization.Guarded;

namespace GatewayMesh.Proxy.Tests.Attempts;

/// <summary>
/// A failover target is another service: whoever may call the first target may not call the second for that reason. The same at a
/// sidecar, a gateway, and an ingress.
/// </summary>
public sealed class FailoverPermissionTests
{
    private const string Asks = "Host: shop\r\nx-test-caller: web\r\n";
    private const string Get = $"GET / HTTP/1.1\r\n{Asks}\r\n";

    private static readonly ListenerKind[] Callers = [ListenerKind.Outbound, ListenerKind.Mesh, ListenerKind.Ingress];

    [TestCaseSource(nameof(Callers))]
    public async Task A_denied_target_is_passed_over_and_never_dialed(ListenerKind kind)
    {
        using var denied = Backend.Answering("denied");
        using var allowed = Backend.Answering("allowed");
        await using var mesh = await Guarded.Start();
        var address = Open(mesh, kind);
        using var client = await RawConnection.To(address);

        Route(mesh, Closed("payments"), Bare("vault", denied), Bare("ledger", allowed)).Intentions(Allow, ("web", "vault", Deny));
        Assert.That((await client.Ask(Get)).Body, Is.EqualTo("allowed"));
        Route(mesh, Closed("payments"), Bare("vault", denied));
        var answer = await client.Ask(Get);

        Assert.That(answer.Status, Is.EqualTo(502), "the failure of the first target, not a denial");
        Assert.That(denied.Connections, Is.Zero);
        Assert.That(mesh.Metrics(), Does.Not.Contain("to=\"vault.default.dc1\""));
    }

    [TestCaseSource(nameof(Callers))]
    public async Task The_permission_for_a_first_target_without_a_sidecar_does_not_count_for_the_second(ListenerKind kind)
    {
        using var denied = Backend.Answering("denied");
        await using var mesh = await Guarded.Start();
        var first = Closed("payments") with { Endpoints = [new("payments", "p", "", Backend.ClosedPort(), Healthy: true)] };
        using var client = await RawConnection.To(Open(mesh, kind));
        Route(mesh, first, Bare("vault", denied)).Intentions(Deny, ("web", "payments", Allow));

        Assert.That((await client.Ask(Get)).Status, Is.EqualTo(502));
        Assert.That(denied.Connections, Is.Zero);
    }

    [TestCaseSource(nameof(Callers))]
    public async Task Permissions_see_the_request_for_each_target(ListenerKind kind)
    {
        using var vault = Backend.Answering("vault");
        await using var mesh = await Guarded.Start();
        using var client = await RawConnection.To(Open(mesh, kind));
        Route(mesh, Closed("payments"), Bare("vault", vault)).Intentions(new DeclaredIntentions(
            [
                new ServiceIntentionsEntry
                {
                    Name = "vault",
                    Sources =
                    [
                        new IntentionSource("web")
                        {
                            Permissions =
                            [
                                new PermissionRule(Allow) { PathRule = new PathRule(PathTest.Prefix, "/open") },
                                new PermissionRule(Deny) { PathRule = new PathRule(PathTest.Prefix, "/") },
                            ],
                        },
                    ],
                },
            ],
            Allow));

        Assert.That((await client.Ask($"GET /open/x HTTP/1.1\r\n{Asks}\r\n")).Body, Is.EqualTo("vault"));
        Assert.That((await client.Ask($"GET /open/../x HTTP/1.1\r\n{Asks}\r\n")).Status, Is.EqualTo(502));
        Assert.That(vault.Executed, Is.EqualTo(1));
    }

    [Test]
    public async Task A_response_is_passed_on_if_the_only_target_is_denied()
    {
        using var failing = Backend.Bytes("HTTP/1.1 503 X\r\nContent-Length: 4\r\n\r\nbusy");
        using var denied = Backend.Answering("denied");
        await using var mesh = await Guarded.Start();
        using var client = await RawConnection.To(Open(mesh, ListenerKind.Mesh));
        var first = Routes.Target("payments", failing.HostPort) with
        {
            Policy = PolicyModel.Default with { Retries = RetriesModel.Default with { On = [RetryCondition.ServerError] } },
        };
        Route(mesh, first, Bare("vault", denied)).Intentions(Allow, ("web", "vault", Deny));

        Assert.That((await client.Ask(Get)).Body, Is.EqualTo("busy"));
        Assert.That(denied.Connections, Is.Zero);
    }

    [Test]
    public async Task A_gateway_that_does_not_know_the_intentions_moves_no_request()
    {
        using var vault = Backend.Answering("vault");
        await using var mesh = await Guarded.Start();
        using var client = await RawConnection.To(Open(mesh, ListenerKind.Mesh));
        using var payments = new Backend();
        Route(mesh, Routes.Target("payments", payments.HostPort), Bare("vault", vault)).Intentions(Allow);

        await client.Send(Get);
        using (var upstream = await payments.NextConnection())
        {
            await upstream.ReadHead();
            mesh.Intentions((DeclaredIntentions?)null);
        }

        Assert.That(await client.IsEnded(), "the running request is ended, as its permission is unknown now");
        Assert.That(vault.Connections, Is.Zero);
    }

    [Test]
    public async Task A_request_whose_target_is_denied_while_it_waits_is_denied()
    {
        using var lost = Backend.BytesAndEnd("");
        using var vault = Backend.Answering("vault");
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var mesh = await Guarded.Start(time: time);
        using var client = await RawConnection.To(Open(mesh, ListenerKind.Mesh));
        Route(mesh, Slow(lost), Bare("vault", vault)).Intentions(Allow);

        await client.Send(Get);
        Assert.That(() => mesh.Metrics(), Does.Contain("gatewaymesh_retries_total{outcome=\"allowed\"} 1").After(10_000, 5));
        mesh.Intentions(Allow, ("web", "vault", Deny));
        await Advance(time, () => client.Socket.Available > 0);
        var answer = await client.ReadMessage(isResponse: true);

        Assert.That(answer.Status, Is.EqualTo(403));
        Assert.That(answer["Proxy-Status"], Does.Contain("forwarded=?1"), "the first attempt may have run");
        Assert.That(vault.Connections, Is.Zero);
    }

    [Test]
    public async Task A_request_that_has_moved_is_ended_when_its_new_target_is_denied_and_not_for_its_old_one()
    {
        using var ledger = new Backend();
        await using var mesh = await Guarded.Start();
        using var client = await RawConnection.To(Open(mesh, ListenerKind.Mesh));
        Route(mesh, Closed("payments"), Routes.Target("ledger", ledger.HostPort)).Intentions(Allow);

        await client.Send(Get);
        using var upstream = await ledger.NextConnection();
        await upstream.ReadHead();
        await upstream.Send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n");
        Assert.That(await client.ReadHead(), Does.StartWith("HTTP/1.1 200"));
        mesh.Intentions(Allow, ("web", "payments", Deny));
        await upstream.Send("1\r\nb\r\n");
        Assert.That(await client.ReadBytes(12), Has.Length.EqualTo(12), "a, then b");

        mesh.Intentions(Allow, ("web", "ledger", Deny));

        Assert.That(await client.IsEnded());
        Assert.That(mesh.Metrics(), Does.Contain("gatewaymesh_intentions_ended_total{source=\"web\",destination=\"ledger\"} 1"));
    }

    [TestCase(false, 502)]
    [TestCase(true, 200)]
    public async Task A_target_that_requires_another_token_than_the_first_is_passed_over(bool isSame, int status)
    {
        using var issuer = new TokenIssuer();
        using var ledger = Backend.Answering("ledger");
        await using var mesh = await Guarded.Start();
        using var client = await RawConnection.To(Open(mesh, ListenerKind.Ingress));
        // Two policies of the same text, as two entries are read.
        Route(
            mesh,
            Closed("payments") with { Policy = isSame ? Strict() : PolicyModel.Default },
            Routes.Target("ledger", ledger.HostPort) with { Policy = Strict() }).Intentions(Allow);

        var answer = await client.Ask($"GET / HTTP/1.1\r\n{Asks}Authorization: Bearer {issuer.Token()}\r\n\r\n");

        Assert.That((answer.Status, ledger.Executed), Is.EqualTo((status, isSame ? 1 : 0)));

        PolicyModel Strict() => issuer.Policy(jwt => jwt with { Forward = TokenIssuer.Map(("x-user", "sub")) });
    }

    [TestCase("x-user", 200)]
    [TestCase("x-group", 502)]
    public async Task A_target_with_another_authorization_than_the_first_is_passed_over(string field, int status)
    {
        using var authorization = Backend.Answering("");
        using var ledger = Backend.Answering("ledger");
        await using var mesh = await Guarded.Start();
        using var client = await RawConnection.To(Open(mesh, ListenerKind.Ingress));
        Route(
            mesh,
            Closed("payments") with { Policy = Asking("x-user") },
            Routes.Target("ledger", ledger.HostPort) with { Policy = Asking(field) }).Intentions(Allow);

        var answer = await client.Ask(Get);

        Assert.That((answer.Status, ledger.Executed), Is.EqualTo((status, status == 200 ? 1 : 0)));
        Assert.That(authorization.Executed, Is.EqualTo(1));

        PolicyModel Asking(string name) => PolicyModel.Default with
        {
            ExternalAuthorization = new() { Url = $"http://{authorization.HostPort}/", ResponseHeaders = [name] },
        };
    }

    [TestCase(ListenerKind.Outbound, false, 502)]
    [TestCase(ListenerKind.Outbound, true, 502)]
    [TestCase(ListenerKind.Ingress, false, 502)]
    [TestCase(ListenerKind.Ingress, true, 502)]
    [TestCase(ListenerKind.Mesh, false, 502)]
    [TestCase(ListenerKind.Mesh, true, 200)]
    public async Task A_target_never_gets_a_forged_field_of_a_provider_that_only_its_own_intentions_name(
        ListenerKind kind, bool isSame, int status)
    {
        using var issuer = new TokenIssuer();
        using var vault = Backend.Answering("vault");
        await using var mesh = await Guarded.Start();
        using var client = await RawConnection.To(Open(mesh, kind));
        mesh.Providers(new Dictionary<string, JwtIssuerModel>
        {
            ["okta"] = new()
            {
                Issuer = TokenIssuer.Name,
                Jwks = new JwksModel { Inline = issuer.Jwks() },
                Forwarding = new TokenForwarding("x-token-payload"),
            },
        }.ToFrozenDictionary());
        Route(mesh, Closed("payments"), Bare("vault", vault)).Intentions(
            new DeclaredIntentions(isSame ? [Tokens("vault"), Tokens("payments")] : [Tokens("vault")], Allow));

        var answer = await client.Ask($"GET / HTTP/1.1\r\n{Asks}x-token-payload: forged\r\n\r\n");

        Assert.That(
            (answer.Status, vault.Requests.Count(request => request.Has("x-token-payload")), vault.Executed),
            Is.EqualTo((status, 0, status == 200 ? 1 : 0)));

        static ServiceIntentionsEntry Tokens(string service) => new()
        {
            Name = service,
            Sources =
            [
                new IntentionSource("web")
                {
                    Permissions =
                    [
                        new PermissionRule(Allow)
                        {
                            PathRule = new PathRule(PathTest.Prefix, "/admin"),
                            Jwt = new JwtRequirement([new RequiredProvider("okta", [])]),
                        },
                        new PermissionRule(Allow) { PathRule = new PathRule(PathTest.Prefix, "/") },
                    ],
                },
            ],
        };
    }

    [Test]
    public async Task A_target_is_called_with_the_callers_identity_and_must_have_its_own_certificate()
    {
        await using var mesh = new CertifiedMesh();
        using var application = Backend.Answering("ledger");
        using var stranger = Backend.Answering("stranger");
        var (ledger, inbound) = await mesh.Sidecar("ledger", application);
        var (_, other) = await mesh.Sidecar("stranger", stranger);
        var gateway = await mesh.Plane("gateway", ["gatewaymesh-gateway"], options => options with { EnforcesIntentions = true });
        var sidecar = await mesh.Plane("sidecar", ["web"], options => options with { EnforcesIntentions = true });
        using var peer = await CertifiedMesh.As(mesh.Authority.Issue("web"), CertifiedMesh.MeshListener(gateway));
        using var client = await RawConnection.To(sidecar.Outbound());
        foreach (var (plane, asks) in ((Mesh, RawConnection)[])[(gateway, peer), (sidecar, client)])
        {
            Route(plane, Closed("payments"), Routes.Target("ledger", At(inbound))).Intentions(Allow);
            Assert.That((await asks.Ask("GET / HTTP/1.1\r\nHost: shop\r\n\r\n")).Body, Is.EqualTo("ledger"));
            Assert.That(application.Last.Has("gatewaymesh-source"), Is.False, "a field between proxies");
            Route(plane, Closed("payments"), Routes.Target("ledger", At(other)));
            Assert.That((await asks.Ask("GET / HTTP/1.1\r\nHost: shop\r\n\r\n")).Status, Is.EqualTo(502));
        }

        Assert.That(CertifiedMesh.CallersAt(ledger), Is.EqualTo(new[] { "web" }), "through the gateway too");
        Assert.That(stranger.Executed, Is.Zero);
    }

    [Test]
    public async Task A_gateway_does_not_reach_a_denied_target_for_a_caller_with_a_certificate()
    {
        await using var mesh = new CertifiedMesh();
        using var application = Backend.Answering("ledger");
        var (_, inbound) = await mesh.Sidecar("ledger", application);
        var gateway = await mesh.Plane("gateway", ["gatewaymesh-gateway"], options => options with { EnforcesIntentions = true });
        using var peer = await CertifiedMesh.As(mesh.Authority.Issue("web"), CertifiedMesh.MeshListener(gateway));
        Route(gateway, Closed("payments"), Routes.Target("ledger", At(inbound))).Intentions(Allow, ("web", "ledger", Deny));

        var answer = await peer.Ask("POST / HTTP/1.1\r\nHost: shop\r\nContent-Length: 0\r\n\r\n");

        Assert.That((answer.Status, application.Executed), Is.EqualTo((502, 0)));
    }

    private static TargetModel Closed(string service) => Routes.Target(service, Backend.ClosedPort());

    private static TargetModel Slow(Backend backend) => Routes.Target("payments", backend.HostPort) with
    {
        Policy = PolicyModel.Default with
        {
            Retries = RetriesModel.Default with { Backoff = new() { Base = TimeSpan.FromMinutes(9), Max = TimeSpan.FromMinutes(9) } },
            Timeouts = TimeoutsModel.Default with { Request = TimeSpan.FromHours(1) },
        },
    };

    private static TargetModel Bare(string service, Backend backend) => Routes.Target(service) with
    {
        Endpoints = [new EndpointModel(service, $"{service}-0", "", backend.HostPort, Healthy: true)],
    };

    private static HostPort At(IPEndPoint address) => new("127.0.0.1", address.Port);

    private static Mesh Route(Mesh mesh, TargetModel first, params TargetModel[] others) =>
        mesh.Route("shop", Routes.Resolver(first, others));

    private static IPEndPoint Open(Mesh mesh, ListenerKind kind)
    {
        var address = kind == ListenerKind.Outbound ? mesh.Outbound() : mesh.Open(kind, $"{kind}");
        if (kind == ListenerKind.Ingress)
        {
            mesh.Ingress(address.Port, ("shop", "shop"));
        }

        return address;
    }

    private static async Task Advance(FakeTimeProvider time, Func<bool> until)
    {
        using var patience = new CancellationTokenSource(RawConnection.Patience);
        while (!until())
        {
            time.Advance(TimeSpan.FromSeconds(10));
            await Task.Delay(1, patience.Token);
        }
    }
}
