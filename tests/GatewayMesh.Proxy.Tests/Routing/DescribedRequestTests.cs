using System.Net;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Headers;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Policies.ExternalAuthorization;
using GatewayMesh.Configuration.Policies.Flags;
using GatewayMesh.Configuration.Policies.Timeouts;
using GatewayMesh.Configuration.Routing;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Proxy.Routing.Reports;
using GatewayMesh.Proxy.Telemetry;
using GatewayMesh.Proxy.Tests.FeatureFlags;
using GatewayMesh.Proxy.Tests.Jwt;
using GatewayMesh.Proxy.Tests.Rig;

namespace GatewayMesh.Proxy.Tests.Routing;

/// <summary>A request that is only described (<c>explain</c>) is decided as the same request on the wire.</summary>
internal sealed class DescribedRequestTests
{
    // A rule of the router asks for each.
    private static readonly string[] Asked =
    [
        "x-user", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "forwarded", "x-real-ip", "x-forwarded-client-cert",
        "client-cert", "proxy-status", "gatewaymesh-source", "x-named", "x-request-id",
    ];

    private static readonly KeyValuePair<string, string>[][] Requests =
    [
        [],
        .. Asked.Select(name => new[] { KeyValuePair.Create(name, "1") }),
        .. Asked.Select(name => new[] { KeyValuePair.Create(name.ToUpperInvariant(), "1") }),
        .. Asked.Where(name => name != "gatewaymesh-source") // its other spelling is 400
            .Select(name => new[] { KeyValuePair.Create(name.Replace('-', '_'), "1") }),
        [new("Connection", "x-named"), new("x-named", "1")],
        [new("Connection", "close, X-User"), new("x-user", "1"), new("x-named", "1")],
        [new("x-request-id", "two words")],
    ];

    [TestCase(RequestDirection.Ingress)]
    [TestCase(RequestDirection.Outbound)]
    public async Task Every_field_leads_to_the_same_target(RequestDirection direction)
    {
        var backends = Asked.Append("none").ToDictionary(name => name, name => Backend.Answering(name));
        try
        {
            await using var mesh = await Mesh.Start();
            mesh.Service("shop").Route("shop", Routes.Router(
                Routes.Resolver("none", backends["none"].HostPort),
                [
                    .. Asked.Select(name => (
                        Routes.Header(name, HeaderTest.Present, ""),
                        RouteAction.None,
                        (RouteNode)Routes.Resolver(name, backends[name].HostPort))),
                ]));
            var address = direction == RequestDirection.Ingress ? mesh.Open(ListenerKind.Ingress, "ingress/1") : mesh.Outbound();
            mesh.Ingress(address.Port, ("*", "shop"));
            var targets = new HashSet<string>();
            foreach (var fields in Requests)
            {
                using var client = await RawConnection.To(address);
                var lines = string.Concat(fields.Select(field => $"{field.Key}: {field.Value}\r\n"));
                var taken = (await client.Ask($"GET / HTTP/1.1\r\nHost: shop\r\n{lines}\r\n")).Body;

                var explained = mesh.Plane.Inspection.Explain("shop", new DescribedRequest(direction, "GET", "shop", "/", fields));

                Assert.That(explained.Target!.Service, Is.EqualTo(taken), lines);
                targets.Add(taken);
            }

            string[] expected = direction == RequestDirection.Ingress
                ? ["x-user", "x-named", "x-request-id"]
                : ["x-user", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "forwarded", "x-named", "x-request-id"];
            Assert.That(targets, Is.EquivalentTo(expected));
        }
        finally
        {
            foreach (var backend in backends.Values)
            {
                backend.Dispose();
            }
        }
    }

    [TestCase(RequestDirection.Ingress, "v1", null)]
    [TestCase(RequestDirection.Outbound, "v2", "alice")]
    public async Task A_user_that_a_client_outside_the_mesh_names_chooses_no_flag(RequestDirection direction, string subset, string? user)
    {
        using var v1 = Backend.Answering("v1");
        using var v2 = Backend.Answering("v2");
        await using var mesh = await Mesh.Start();
        Flagged(mesh, PolicyModel.Default, v1, v2);
        var address = direction == RequestDirection.Ingress ? mesh.Open(ListenerKind.Ingress, "ingress/1") : mesh.Outbound();
        mesh.Ingress(address.Port, ("*", "payments"));

        Assert.That((await Ask(address, "x-user: alice\r\n")).Body, Is.EqualTo(subset));
        var report = mesh.Plane.Inspection.Explain("payments", Described(direction, ("x-user", "alice")));

        Assert.That(
            (report.Target!.Id, report.Flags.Single().IsOn, report.Flags.Single().User),
            Is.EqualTo(($"{subset}.payments.default.dc1", subset == "v2", user)));
    }

    [Test]
    public async Task A_field_that_only_a_claim_may_write_names_no_user_where_the_first_proxy_verifies_tokens()
    {
        using var issuer = new TokenIssuer();
        using var v1 = Backend.Answering("v1");
        using var v2 = Backend.Answering("v2");
        await using var mesh = await Mesh.Start();
        var policy = issuer.Policy(jwt => jwt with { Forward = TokenIssuer.Map(("x-user", "sub")), Required = false });
        Flagged(mesh, policy, v1, v2, isBare: true);

        Assert.That((await Ask(mesh.Outbound(), "x-user: alice\r\n")).Body, Is.EqualTo("v1"));
        var report = mesh.Plane.Inspection.Explain("payments", Described(RequestDirection.Outbound, ("x-user", "alice")));

        Assert.That((report.Target!.Id, report.Flags.Single().IsOn), Is.EqualTo(("v1.payments.default.dc1", false)));
    }

    [Test]
    public async Task The_flags_of_a_service_without_routes_are_decided_too()
    {
        await using var mesh = await Mesh.Start();
        var use = new FlagUse { Flag = "next", Timeouts = new TimeoutsEntry { Request = TimeSpan.FromSeconds(3) } };
        mesh.Service("payments", PolicyModel.Default with { Flags = [use] }, Backend.ClosedPort()).Flags(Flags.For("next", "alice"));

        var on = mesh.Plane.Inspection.Explain("payments", Described(RequestDirection.Outbound, ("x-user", "alice")));
        var off = mesh.Plane.Inspection.Explain("payments", Described(RequestDirection.Outbound, ("x-user", "bob")));

        Assert.That((on.Flags.Single().IsOn, on.Policy.Timeouts.Request), Is.EqualTo((true, TimeSpan.FromSeconds(3))));
        Assert.That((off.Flags.Single().IsOn, off.Policy.Timeouts.Request), Is.EqualTo((false, TimeSpan.FromSeconds(15))));
    }

    [Test]
    public void The_callee_sees_changed_fields_and_none_that_are_set_only_from_a_token_or_an_answer()
    {
        using var issuer = new TokenIssuer();
        var policy = issuer.Policy(jwt => jwt with { Forward = TokenIssuer.Map(("x-user", "sub")) }) with
        {
            ExternalAuthorization = new ExternalAuthorizationModel { Url = "http://auth/", ResponseHeaders = ["x-role"] },
        };
        var request = Described(
            RequestDirection.Outbound, ("x-user", "alice"), ("x_user", "alice"), ("x-role", "root"), ("x-tag", "client"), ("x-mine", "1"));
        request.Change(
            FieldEdit.Of(new HeaderChanges { Set = TokenIssuer.Map(("x-tag", "route")), Remove = ["x-mine"] }), edge: null, "inner", "/b");

        var callee = request.AtCallee(policy, MeshSnapshot.Empty, "payments");

        Assert.That(
            new[] { "x-user", "x-role", "x-tag", "x-mine", "host" }.Select(name => string.Join(',', callee.Field(name).ToList())),
            Is.EqualTo(new[] { "", "", "route", "", "inner" }));
        Assert.That(callee.Twins("x-user").Count, Is.Zero);
        Assert.That(request.Field("x-user")[0], Is.EqualTo("alice"), "the caller's sidecar verifies nothing");
    }

    // The policy has a flag for alice, which chooses v2.
    private static void Flagged(Mesh mesh, PolicyModel policy, Backend v1, Backend v2, bool isBare = false)
    {
        policy = policy with { Flags = [new FlagUse { Flag = "next", Subset = "v2" }] };
        TargetModel Target(string name, Backend backend)
        {
            var target = Routes.Target(name, backend.HostPort) with { Policy = policy };
            return isBare ? target with { Endpoints = [.. target.Endpoints.Select(each => each with { Node = "" })] } : target;
        }

        mesh.FlaggedSubset("payments", "v2", Routes.Resolver(Target("v2.payments", v2)))
            .Route("payments", Routes.Resolver(Target("v1.payments", v1)))
            .Flags(Flags.For("next", "alice"));
    }

    private static DescribedRequest Described(RequestDirection direction, params (string Name, string Value)[] fields) =>
        new(direction, "GET", "payments", "/", fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));

    private static async Task<RawMessage> Ask(IPEndPoint address, string fields)
    {
        using var client = await RawConnection.To(address);
        return await client.Ask($"GET / HTTP/1.1\r\nHost: payments\r\n{fields}\r\n");
    }
}
