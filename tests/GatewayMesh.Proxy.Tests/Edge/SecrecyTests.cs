using System.Net;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Proxy.Pipeline;
using GatewayMesh.Proxy.Tests.Rig;
using GatewayMesh.Proxy.Tests.Rig.Http2;

namespace GatewayMesh.Proxy.Tests.Edge;

/// <summary>No output of the edge names a node, a service, or an address of the mesh.</summary>
public class SecrecyTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n";

    [Test]
    public async Task The_liveness_path_names_the_node_inside_the_mesh_and_not_at_the_edge()
    {
        await using var mesh = await Mesh.Start(options => options with { RoleName = "ingress" });
        using var outside = await RawConnection.To(mesh.Open(ListenerKind.Ingress, "ingress/1"));
        using var inside = await RawConnection.To(mesh.Outbound());
        const string Live = $"GET {LivePathStep.Path} HTTP/1.1\r\nHost: shop.example\r\n\r\n";

        var open = await outside.Ask(Live);

        Assert.That((open.Status, open.Body), Is.EqualTo((200, "ok\n")));
        Assert.That(open.Head, Does.Not.Contain("host-a").And.Not.Contain("gatewaymesh-node"));
        Assert.That((await inside.Ask(Live))["gatewaymesh-node"], Is.EqualTo("host-a"));
    }

    [Test]
    public async Task Via_at_the_edge_has_a_random_pseudonym_per_process_and_no_member_of_an_inner_hop()
    {
        using var application = Backend.Answering("paid", "Via: 1.1 varnish\r\n");
        await using var callee = await Mesh.Start(options => options with { Node = "host-b" });
        var inbound = new HostPort("127.0.0.1", callee.Inbound(application.HostPort).Port);
        await using var one = await Edge(inbound);
        await using var other = await Edge(inbound);
        using var first = await RawConnection.To(one.Address);
        using var again = await RawConnection.To(one.Address);
        using var second = await RawConnection.To(other.Address);

        var (via, same, another) = ((await first.Ask(Get))["Via"]!, (await again.Ask(Get))["Via"]!, (await second.Ask(Get))["Via"]!);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(via, Does.Match("^1.1 varnish, 1.1 ingress-[0-9a-f]{16}$"));
            Assert.That(same, Is.EqualTo(via));
            Assert.That(another, Is.Not.EqualTo(via), "each process has its own pseudonym, even with the same node and role");
            Assert.That(application.Last["Via"], Does.Match("^1.1 ingress-[0-9a-f]{16}, 1.1 host-b-sidecar$"));
        }
    }

    [
        TestCase(
            "HTTP/1.1 503 No\r\nProxy-Status: gatewaymesh; error=connection_limit_reached; forwarded=?0; details=\"host-b at "
                + "10.0.0.5\"\r\nRetry-After: 7\r\n",
            503,
            "error=connection_limit_reached; forwarded=?0; reason=overloaded",
            "7")]
    [
        TestCase(
            "HTTP/1.1 413 No\r\nProxy-Status: gatewaymesh; error=http_request_error; forwarded=?0; details=\"host-b\"\r\n",
            413,
            "error=http_request_error; forwarded=?0; reason=request_too_large",
            null)]
    [
        TestCase(
            "HTTP/1.1 403 No\r\nProxy-Status: gatewaymesh; error=http_request_denied; forwarded=?0; details=\"web may not call "
                + "host-b\"\r\n",
            403,
            "error=http_request_denied; forwarded=?0; reason=intention_denied",
            null)]
    [
        TestCase(
            "HTTP/1.1 502 No\r\nProxy-Status: host-b; error=dns_error, gatewaymesh; error=connection_terminated; forwarded=?1\r\n",
            502,
            "error=connection_terminated; forwarded=?1; reason=connection_reset",
            null)]
    public async Task The_edge_replaces_an_inner_hops_error_with_its_own(string head, int status, string expected, string? retryAfter)
    {
        const string Problem = "{\"title\":\"inner\",\"detail\":\"10.0.0.5:20001\",\"node\":\"host-b\"}";
        using var sidecar = Backend.Bytes(
            $"{head}Content-Type: application/problem+json\r\nVia: 1.1 host-b-sidecar\r\ngatewaymesh-node: host-b\r\nX-Inner: "
                + $"host-b\r\nContent-Length: {Problem.Length}\r\n\r\n{Problem}");
        await using var edge = await Edge(sidecar.HostPort);
        using var client = await RawConnection.To(edge.Address);

        var answer = await client.Ask("POST / HTTP/1.1\r\nHost: shop.example\r\nContent-Length: 3\r\n\r\nabc");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(answer.Status, Is.EqualTo(status));
            Assert.That(answer["Proxy-Status"], Is.EqualTo($"gatewaymesh; {expected}"));
            Assert.That(answer["Content-Type"], Is.EqualTo("application/problem+json"));
            Assert.That(answer["Retry-After"], Is.EqualTo(retryAfter));
            Assert.That(answer.Body, Does.Contain("requestId"));
            Assert.That(
                answer.Head + answer.Body, Does.Not.Contain("host-b").And.Not.Contain("10.0.0.5").And.Not.Contain("inner").IgnoreCase);
        }
    }

    [Test]
    public async Task A_gRPC_call_gets_the_status_of_the_inner_hop_without_its_message()
    {
        using var sidecar = H2Backend.HeadOnly(
            (":status", "200"),
            ("content-type", "application/grpc"),
            ("grpc-status", "7"),
            ("grpc-message", "host-b"),
            ("proxy-status", "gatewaymesh; error=http_request_denied; forwarded=?0; details=\"host-b\""));
        await using var edge = await Edge(sidecar.HostPort, "grpc");
        using var client = await H2Connection.To(edge.Address);

        var answer = await client.Ask(
            Fields.Request("POST", "/pay.Payments/Charge", "shop.example", ("content-type", "application/grpc"), ("te", "trailers")),
            "\0\0\0\0\0");

        Assert.That((answer.Status, answer["grpc-status"]), Is.EqualTo((200, "7")));
        Assert.That(answer.Head.ToString(), Does.Not.Contain("host-b"));
    }

    [Test]
    public async Task An_error_of_the_edge_itself_names_no_service()
    {
        await using var mesh = new CertifiedMesh();
        using var orders = Backend.Answering("ordered");
        var (_, inbound) = await mesh.Sidecar("orders", orders);
        var ingress = await mesh.Plane("ingress", ["gatewaymesh-ingress"]);
        ingress.Service("payments", new HostPort("127.0.0.1", inbound.Port)); // the peer is not the intended service
        var address = ingress.Open(ListenerKind.Ingress, "ingress/1");
        ingress.Ingress(address.Port, ("*", "payments"));
        using var client = await RawConnection.To(address);

        var answer = await client.Ask(Get);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(answer.Status, Is.EqualTo(502));
            Assert.That(answer["Proxy-Status"], Is.EqualTo("gatewaymesh; error=tls_certificate_error; forwarded=?0; reason=peer_not_believed"));
            Assert.That(answer.Body, Does.Not.Contain("detail").And.Not.Contain("node").And.Contain("requestId"));
        }
    }

    [Test]
    public async Task An_applications_own_fields_pass_except_those_in_the_meshs_name()
    {
        using var application = Backend.Bytes(
            "HTTP/1.1 503 No\r\nServer: mine\r\nProxy-Status: cdn; error=dns_error, gatewaymesh; error=internal; "
                + "details=\"x\"\r\nContent-Length: 2\r\n\r\nno");
        await using var edge = await PublicMesh.Start(application);
        using var client = await RawConnection.To(edge.Address);

        var answer = await client.Ask(Get);

        Assert.That(
            (answer.Status, answer.Body, answer["Server"], answer["Proxy-Status"]),
            Is.EqualTo((503, "no", "mine", "cdn; error=dns_error")));
    }

    [Test]
    public async Task A_loop_through_the_edge_ends_by_its_pseudonym()
    {
        await using var mesh = await Mesh.Start(options => options with { RoleName = "ingress" });
        var address = mesh.Open(ListenerKind.Ingress, "ingress/1");
        mesh.BareService("payments", new HostPort("127.0.0.1", address.Port)).Ingress(address.Port, ("*", "payments"));
        using var client = await RawConnection.To(address);

        var answer = await client.Ask(Get);

        Assert.That(answer.Status, Is.EqualTo(502));
        Assert.That(mesh.Plane.Inspection.Figures.Total, Is.EqualTo(9));
    }

    private static async Task<PublicEdge> Edge(HostPort sidecar, string protocol = "http")
    {
        var mesh = await Mesh.Start(options => options with { RoleName = "ingress", Node = "edge-1" });
        mesh.Service("payments", protocol, Configuration.Policies.PolicyModel.Default, sidecar);
        var address = mesh.Open(ListenerKind.Ingress, "ingress/1");
        mesh.Ingress(address.Port, ("*", "payments"));
        return new PublicEdge(mesh, address);
    }

    private sealed class PublicEdge(Mesh mesh, IPEndPoint address) : IAsyncDisposable
    {
        public IPEndPoint Address => address;

        public ValueTask DisposeAsync() => mesh.DisposeAsync();
    }
}
