using System.Net;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Routing;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Proxy.Tests.Rig;

namespace GatewayMesh.Proxy.Tests.Routing;

/// <summary>Calls with certificates: certificate and intentions apply to the target.</summary>
public class ForeignTargetTests
{
    private CertifiedMesh _mesh = null!;
    private Backend _application = null!;

    [SetUp]
    public void Make()
    {
        _mesh = new CertifiedMesh();
        _application = Backend.Answering("paid");
    }

    [TearDown]
    public async Task End()
    {
        await _mesh.DisposeAsync();
        _application.Dispose();
    }

    [TestCase("dc2", "dc2", ExpectedResult = 200)]
    [TestCase("dc2", "", ExpectedResult = 502)]
    [TestCase("dc1", "dc2", ExpectedResult = 502)]
    [TestCase("dc1", "", ExpectedResult = 200)]
    public async Task<int> A_target_in_another_datacenter_must_be_of_that_datacenter(string certificate, string meant)
    {
        var plane = await _mesh.Plane("sidecar", []);
        _mesh.Certificates[plane].Put("payments", _mesh.Authority.Issue("payments", uris: [_mesh.Authority.IdOf("payments", certificate)]));
        var inbound = CertifiedMesh.Inbound(plane, "payments", _application);
        var sidecar = await _mesh.Plane("sidecar", ["web"]);
        sidecar.Route(
            "shop",
            Routes.Resolver(
                new TargetModel("payments.default.dc2", "payments", "", "dc2")
                {
                    Endpoints = [Endpoint("payments", inbound) with { Datacenter = meant }],
                }));
        using var client = await RawConnection.To(sidecar.Outbound());
        return (await client.Ask("GET / HTTP/1.1\r\nHost: shop\r\n\r\n")).Status;
    }

    [Test]
    public async Task A_redirected_call_accepts_only_the_targets_certificate()
    {
        var (_, payments) = await _mesh.Sidecar("payments", _application);
        var sidecar = await _mesh.Plane("sidecar", ["web"]);
        using var client = await RawConnection.To(sidecar.Outbound());

        sidecar.Route("shop", Routes.Resolver(Target("payments", payments)));
        Assert.That((await client.Ask("GET / HTTP/1.1\r\nHost: shop\r\n\r\n")).Status, Is.EqualTo(200));
        sidecar.Route("shop", Routes.Resolver(Target("shop", payments)));
        Assert.That((await client.Ask("GET / HTTP/1.1\r\nHost: shop\r\n\r\n")).Status, Is.EqualTo(502));
    }

    [TestCase("payments", ExpectedResult = 403)]
    [TestCase("shop", ExpectedResult = 200)]
    public async Task<int> At_a_gateway_intentions_apply_to_the_target(string denied)
    {
        var (_, payments) = await _mesh.Sidecar("payments", _application);
        var gateway = await _mesh.Plane("gateway", ["gatewaymesh-gateway"], options => options with { EnforcesIntentions = true });
        gateway.Route("shop", Routes.Resolver(Target("payments", payments))).Intentions(
            IntentionAction.Allow, ("web", denied, IntentionAction.Deny));
        using var web = await CertifiedMesh.As(_mesh.Authority.Issue("web"), CertifiedMesh.MeshListener(gateway));
        return (await web.Ask("GET / HTTP/1.1\r\nHost: shop\r\ngatewaymesh-destination: shop\r\n\r\n")).Status;
    }

    [TestCase("/api/x", ExpectedResult = 403)]
    [TestCase("/v2/x", ExpectedResult = 200)]
    public async Task<int> At_a_gateway_permissions_see_the_path_sent_to_the_target(string denied)
    {
        var (_, payments) = await _mesh.Sidecar("payments", _application);
        var gateway = await _mesh.Plane("gateway", ["gatewaymesh-gateway"], options => options with { EnforcesIntentions = true });
        gateway.Route(
            "shop",
            Routes.Router(
                Routes.Resolver("shop"), (Routes.Prefix("/v2"), Routes.Rewrite("/api"), Routes.Resolver(Target("payments", payments)))))
            .Intentions(new DeclaredIntentions(
                [
                    new ServiceIntentionsEntry
                    {
                        Name = "payments",
                        Sources =
                        [
                            new IntentionSource("web")
                            {
                                Permissions =
                                [
                                    new PermissionRule(IntentionAction.Deny) { PathRule = new PathRule(PathTest.Exact, denied) },
                                    new PermissionRule(IntentionAction.Allow) { PathRule = new PathRule(PathTest.Prefix, "/") },
                                ],
                            },
                        ],
                    },
                ],
                IntentionAction.Deny));
        using var web = await CertifiedMesh.As(_mesh.Authority.Issue("web"), CertifiedMesh.MeshListener(gateway));
        return (await web.Ask("GET /v2/x HTTP/1.1\r\nHost: shop\r\ngatewaymesh-destination: shop\r\n\r\n")).Status;
    }

    private static TargetModel Target(string service, IPEndPoint address) =>
        new($"{service}.default.dc1", service, "", "dc1") { Endpoints = [Endpoint(service, address)] };

    private static EndpointModel Endpoint(string service, IPEndPoint address) =>
        new(service, $"{service}-0", "node-0", new HostPort("127.0.0.1", address.Port), Healthy: true);
}
