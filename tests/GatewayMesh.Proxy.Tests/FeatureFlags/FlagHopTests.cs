using System.Net;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Entries.Flags;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Policies.Flags;
using GatewayMesh.Configuration.Policies.Jwt;
using GatewayMesh.Configuration.Policies.Tier;
using GatewayMesh.Configuration.Policies.Timeouts;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Proxy.Tests.Jwt;
using GatewayMesh.Proxy.Tests.Rig;

namespace GatewayMesh.Proxy.Tests.FeatureFlags;

/// <summary>The same decision at all proxies of a request: sidecar, gateway, callee's sidecar, and ingress.</summary>
public sealed class FlagHopTests
{
    private const string Destination = "gatewaymesh-destination: payments\r\n";

    private static readonly FlagUse ToV2 = new() { Flag = "next", Subset = "v2" };
    private static readonly PolicyModel ThroughGateway =
        PolicyModel.Default with { Flags = [new FlagUse { Flag = "gw", Tier = TierChoice.Gateway }] };

    [Test]
    public async Task A_flag_sends_requests_through_a_gateway_which_is_told_of_it()
    {
        using var payments = Backend.Answering("direct");
        using var gateway = Backend.Answering("gateway");
        await using var mesh = await Mesh.Start();
        mesh.Service("payments", ThroughGateway, payments.HostPort).Gateway(gateway.HostPort).Flags(Flags.For("gw", "alice"));
        using var client = await RawConnection.To(mesh.Outbound());

        Assert.That((await client.Ask(Call("x-user: alice\r\n"))).Body, Is.EqualTo("gateway"));
        Assert.That(gateway.Last["gatewaymesh-flag"], Is.EqualTo("gw"));
        Assert.That((await client.Ask(Call("x-user: bob\r\n"))).Body, Is.EqualTo("direct"));
        Assert.That(payments.Last["gatewaymesh-flag"], Is.EqualTo("-"));
    }

    [Test]
    public async Task A_request_takes_the_direct_path_while_no_gateway_is_there()
    {
        using var payments = Backend.Answering("direct");
        await using var mesh = await Mesh.Start();
        mesh.Service("payments", ThroughGateway, payments.HostPort).Flags(Flags.On("gw"));
        using var client = await RawConnection.To(mesh.Outbound());

        Assert.That((await client.Ask(Call())).Body, Is.EqualTo("direct"));
        mesh.Gateway(Backend.ClosedPort());
        Assert.That((await client.Ask(Call())).Body, Is.EqualTo("direct"));
    }

    [Test]
    public async Task A_flag_keeps_requests_from_the_gateways()
    {
        using var payments = Backend.Answering("direct");
        using var gateway = Backend.Answering("gateway");
        await using var mesh = await Mesh.Start(options => options with { GatewayShare = 1 });
        var policy = PolicyModel.Default with { Flags = [new FlagUse { Flag = "local", Tier = TierChoice.Sidecar }] };
        mesh.Service("payments", policy, payments.HostPort).Gateway(gateway.HostPort).Flags(Flags.For("local", "alice"));
        using var client = await RawConnection.To(mesh.Outbound());

        Assert.That((await client.Ask(Call("x-user: alice\r\n"))).Body, Is.EqualTo("direct"));
        Assert.That((await client.Ask(Call("x-user: bob\r\n"))).Body, Is.EqualTo("gateway"));
    }

    [TestCase("gatewaymesh-flag: next\r\n", "v2")]
    [TestCase("gatewaymesh-flag: NEXT\r\n", "v2")]
    [TestCase("gatewaymesh-flag: -\r\nx-user: alice\r\n", "v1")]
    [TestCase("gatewaymesh-flag: other\r\nx-user: alice\r\n", "v1")]
    [TestCase("x-user: alice\r\n", "v2")]
    public async Task A_gateway_takes_over_the_decision_and_decides_itself_without_one(string fields, string subset)
    {
        await using var mesh = (await FlagMesh.Start(Gateway)).With(ToV2, Flags.For("next", "alice"));
        using var peer = await RawConnection.To(mesh.Mesh.Open(ListenerKind.Mesh, "mesh"));

        Assert.That((await peer.Ask(Call(Destination + fields))).Body, Is.EqualTo(subset));
    }

    [TestCase("gatewaymesh-flag: next\r\ngatewaymesh-flag: next\r\n")]
    [TestCase("gatewaymesh-flag:\r\n")]
    public async Task A_malformed_decision_of_a_peer_is_400(string fields)
    {
        await using var mesh = (await FlagMesh.Start(Gateway)).With(ToV2, Flags.On("next"));
        using var peer = await RawConnection.To(mesh.Mesh.Open(ListenerKind.Mesh, "mesh"));

        Assert.That((await peer.Ask(Call(Destination + fields))).Status, Is.EqualTo(400));
    }

    [Test]
    public async Task An_application_has_no_say_and_does_not_get_the_field()
    {
        await using var mesh = (await FlagMesh.Start()).With(ToV2, Flags.For("next", "alice"));
        using var client = await RawConnection.To(mesh.Mesh.Outbound());

        Assert.That((await client.Ask(Call("gatewaymesh-flag: next\r\n"))).Body, Is.EqualTo("v1"));
        Assert.That(mesh.V1.Last.Has("gatewaymesh-flag"), Is.False);
    }

    [TestCase("gatewaymesh-flag: slow\r\n", 60)]
    [TestCase("gatewaymesh-flag: -\r\nx-user: alice\r\n", 15)]
    [TestCase("x-user: alice\r\n", 60)]
    [TestCase("x-user: bob\r\n", 15)]
    [TestCase("gatewaymesh-source: gatewaymesh-ingress\r\nx-user: alice\r\n", 15)]
    public async Task The_callees_sidecar_applies_the_callers_decision(string fields, int seconds)
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        using var application = new Backend((_, _) => Task.CompletedTask);
        await using var mesh = await Mesh.Start(options => options with { Time = time });
        var policy = PolicyModel.Default with
        {
            Flags = [new FlagUse { Flag = "slow", Timeouts = new TimeoutsEntry { Request = TimeSpan.FromSeconds(60) } }],
        };
        mesh.Service("payments", policy).Flags(Flags.For("slow", "alice"));
        using var peer = await RawConnection.To(mesh.Inbound(application.HostPort));

        await peer.Send(Call(fields));
        Assert.That(() => application.Executed, Is.EqualTo(1).After(5000, 5));
        time.Advance(TimeSpan.FromSeconds(seconds - 1));
        Assert.That(mesh.Plane.Inspection.Figures.InFlight, Is.EqualTo(1));
        time.Advance(TimeSpan.FromSeconds(1.1));

        Assert.That((await peer.ReadMessage(isResponse: true)).Status, Is.EqualTo(504));
        Assert.That(application.Last.Has("gatewaymesh-flag"), Is.False, "not for the application");
    }

    [Test]
    public async Task Gateway_and_callee_take_over_the_callers_decision_although_they_would_decide_otherwise()
    {
        using var application = Backend.Answering("paid");
        var policy = PolicyModel.Default with
        {
            Flags = [new FlagUse { Flag = "slow", Timeouts = new TimeoutsEntry { Request = TimeSpan.FromSeconds(60) } }],
        };
        await using var callee = await Mesh.Start(options => options with { Node = "host-b" });
        var inbound = At(callee.Service("payments", policy).Flags(Flags.For("slow", "bob")).Inbound(application.HostPort));
        await using var gateway = await Mesh.Start(Gateway);
        gateway.Service("payments", policy, inbound).Flags(Flags.For("slow", "bob"));
        await using var caller = await Mesh.Start(options => options with { GatewayShare = 1 });
        caller.Service("payments", policy, inbound).Gateway(At(gateway.Open(ListenerKind.Mesh, "mesh"))).Flags(Flags.For("slow", "alice"));
        using var client = await RawConnection.To(caller.Outbound());

        Assert.That((await client.Ask(Call("x-user: alice\r\n"))).Body, Is.EqualTo("paid"));

        foreach (var mesh in (Mesh[])[gateway, callee])
        {
            Assert.That(
                mesh.Metrics(), Does.Contain("gatewaymesh_flag_decisions_total{flag=\"slow\",decision=\"on\",reason=\"carried\"} 1"));
        }
    }

    [Test]
    public async Task Sidecar_and_gateway_with_other_draws_decide_alike_for_each_user()
    {
        await using var sidecar = (await FlagMesh.Start()).With(ToV2, Flags.Share("next", 50));
        await using var gateway = (await FlagMesh.Start(options => Gateway(options) with { Seed = 4711 })).With(ToV2, Flags.Share("next", 50));
        using var client = await RawConnection.To(sidecar.Mesh.Outbound());
        using var carried = await RawConnection.To(gateway.Mesh.Open(ListenerKind.Mesh, "mesh"));

        for (var i = 0; i < 50; i++)
        {
            var user = $"x-user: user-{i}\r\n";
            Assert.That((await carried.Ask(Call(Destination + user))).Body, Is.EqualTo((await client.Ask(Call(user))).Body), user);
        }

        Assert.That((sidecar.V1.Executed, sidecar.V2.Executed), Is.EqualTo((gateway.V1.Executed, gateway.V2.Executed)));
        Assert.That(sidecar.V2.Executed, Is.InRange(10, 40));
    }

    [Test]
    public async Task A_client_outside_cannot_name_its_user_or_groups()
    {
        var flag = Flags.On("next", new FlagFilter
        {
            Kind = FlagFilterKind.Targeting,
            Audience = new FlagAudience { Users = ["alice"], Groups = [new FlagGroup("beta", 100)] },
        });
        await using var mesh = await FlagMesh.Start(options => options with { RoleName = "ingress" });
        using var client = await RawConnection.To(Public(mesh, new ServicePolicyEntry { Name = "payments", Flags = [ToV2] }, flag));

        Assert.That((await client.Ask(Call("x-user: alice\r\n"))).Body, Is.EqualTo("v1"));
        Assert.That((await client.Ask(Call("x-groups: beta\r\n"))).Body, Is.EqualTo("v1"));
        Assert.That((await client.Ask(Call("gatewaymesh-flag: next\r\n"))).Body, Is.EqualTo("v1"));
    }

    [TestCase("gatewaymesh-ingress", "v1")]
    [TestCase("web", "v2")]
    public async Task A_request_of_a_client_outside_that_arrives_undecided_names_no_user(string source, string subset)
    {
        await using var mesh = (await FlagMesh.Start(Gateway)).With(ToV2, Flags.For("next", "alice"));
        using var peer = await RawConnection.To(mesh.Mesh.Open(ListenerKind.Mesh, "mesh"));

        var answer = await peer.Ask(Call(Destination + $"gatewaymesh-source: {source}\r\nx-user: alice\r\n"));

        Assert.That(answer.Body, Is.EqualTo(subset));
    }

    [Test]
    public async Task A_claim_names_the_user_of_a_request_of_a_client_outside_that_arrives_undecided()
    {
        using var issuer = new TokenIssuer();
        await using var mesh = await FlagMesh.Start(Gateway);
        mesh.With(
            new ServicePolicyEntry
            {
                Name = "payments",
                Jwt = new JwtEntry { Issuers = issuer.Policy().Jwt.Issuers, Required = false, Forward = TokenIssuer.Map(("x-user", "sub")) },
                Flags = [ToV2],
            },
            Flags.For("next", "alice"));
        using var peer = await RawConnection.To(mesh.Mesh.Open(ListenerKind.Mesh, "mesh"));
        var fields = Destination + "gatewaymesh-source: gatewaymesh-ingress\r\nx-user: alice\r\n";

        Assert.That((await peer.Ask(Call(fields))).Body, Is.EqualTo("v1"));
        Assert.That((await peer.Ask(Call($"{fields}Authorization: Bearer {issuer.Token()}\r\n"))).Body, Is.EqualTo("v2"));
    }

    [Test]
    public async Task A_trusted_proxy_in_front_names_the_user()
    {
        await using var mesh = await FlagMesh.Start(options => options with { RoleName = "ingress" });
        var address = Public(mesh, new ServicePolicyEntry { Name = "payments", Flags = [ToV2] }, Flags.For("next", "alice"));
        mesh.Mesh.Plane.Reconfigure(new Configuration.Bootstrap.IngressSpec
        {
            Listeners = [new Configuration.Bootstrap.IngressListenerSpec(address)],
            TrustedProxies = [IPNetwork.Parse("127.0.0.0/8")],
        });
        using var client = await RawConnection.To(address);

        Assert.That((await client.Ask(Call("x-user: alice\r\n"))).Body, Is.EqualTo("v2"));
    }

    [Test]
    public async Task A_claim_of_a_verified_token_names_the_user_directly_and_as_a_field()
    {
        using var issuer = new TokenIssuer();
        var policy = new ServicePolicyEntry
        {
            Name = "payments",
            Jwt = new JwtEntry { Issuers = issuer.Policy().Jwt.Issuers, Required = false, Forward = TokenIssuer.Map(("x-user", "sub")) },
            Flags = [ToV2],
        };
        await using var mesh = await FlagMesh.Start(options => options with { RoleName = "ingress" });
        var address = Public(mesh, policy, Flags.For("next", "alice"));
        using var client = await RawConnection.To(address);
        var alice = $"Authorization: Bearer {issuer.Token()}\r\n";
        var bob = $"Authorization: Bearer {issuer.Token(change: claims => claims["sub"] = "bob")}\r\nx-user: alice\r\n";

        Assert.That((await client.Ask(Call(alice))).Body, Is.EqualTo("v2"), "by the field that the claim is written to");
        Assert.That((await client.Ask(Call(bob))).Body, Is.EqualTo("v1"));
        mesh.With(policy with { Jwt = policy.Jwt with { Forward = null } }, Flags.For("next", "alice") with { User = new(true, "sub") });
        Assert.That((await client.Ask(Call(alice))).Body, Is.EqualTo("v2"), "by the claim");
        Assert.That((await client.Ask(Call(bob))).Body, Is.EqualTo("v1"));
    }

    private static DataPlaneOptions Gateway(DataPlaneOptions options) => options with { Node = "gw", RoleName = "gateway" };

    private static IPEndPoint Public(FlagMesh mesh, ServicePolicyEntry policy, FeatureFlagEntry flag)
    {
        var address = mesh.Mesh.Open(ListenerKind.Ingress, "ingress/public");
        mesh.Further =
        [
            new IngressGatewayEntry
            {
                Name = "gatewaymesh-ingress",
                Listeners = [new IngressListener(address.Port, [new IngressService("payments", ["*"])])],
            },
        ];
        mesh.With(policy, flag);
        return address;
    }

    private static HostPort At(IPEndPoint address) => new("127.0.0.1", address.Port);

    private static string Call(string fields = "") => $"GET / HTTP/1.1\r\nHost: payments\r\n{fields}\r\n";
}
