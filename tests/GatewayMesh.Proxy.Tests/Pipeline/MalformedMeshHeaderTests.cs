using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Configuration.Tunnels;
using GatewayMesh.Proxy.Tests.Rig;

namespace GatewayMesh.Proxy.Tests.Pipeline;

/// <summary>A malformed mesh field is 400 from any sender in the mesh; from outside it is not a mesh field.</summary>
public class MalformedMeshHeaderTests
{
    private static readonly string[] Malformed =
    [
        "gatewaymesh-attempt: 0",
        "gatewaymesh-attempt: many",
        "gatewaymesh-attempt: +1",
        "gatewaymesh-attempt: 100",
        "gatewaymesh-attempt: 2\r\ngatewaymesh-attempt: 3",
        "gatewaymesh-attempt: 1, 2", "gatewaymesh-attempt:",
        "gatewaymesh-criticality: urgent",
        "gatewaymesh-criticality: CRITICAL",
        "gatewaymesh-criticality:",
        "gatewaymesh-criticality: critical\r\ngatewaymesh-criticality: critical",
    ];

    private static readonly string[] MeshOnly = [
        "gatewaymesh-hops: many",
        "gatewaymesh-timeout-ms: soon",
        "gatewaymesh-draw: x",
        "gatewaymesh-bypass: y",
        "gatewaymesh-destination: pay ments"];

    [TestCaseSource(nameof(Malformed))]
    public async Task A_malformed_mesh_header_of_an_application_is_400_at_its_sidecar(string field)
    {
        using var payments = Backend.Answering("paid");
        var (mesh, outbound) = await Mesh.WithPayments(payments.HostPort);
        await using var _ = mesh;
        using var client = await RawConnection.To(outbound);

        var answer = await client.Ask(Head(field));

        Assert.That(answer.Status, Is.EqualTo(400));
        Assert.That(answer["Proxy-Status"], Does.Contain("error=http_request_error").And.Contain("forwarded=?0"));
        Assert.That(payments.Executed, Is.Zero);
    }

    [TestCaseSource(nameof(Malformed))]
    public async Task A_malformed_mesh_header_of_an_application_is_400_at_an_upstream_port(string field)
    {
        using var payments = Backend.Answering("paid");
        await using var mesh = await Mesh.Start();
        var upstream = mesh.Service("payments", payments.HostPort).Open(
            ListenerKind.Upstream, "upstream/web/payments", spec => spec with { Service = "web", Upstream = "payments" });
        using var client = await RawConnection.To(upstream);

        Assert.That((await client.Ask(Head(field))).Status, Is.EqualTo(400));
        Assert.That(payments.Executed, Is.Zero);
    }

    [TestCaseSource(nameof(Malformed))]
    public async Task A_malformed_mesh_header_through_a_guards_tunnel_is_400_at_the_gateway(string field)
    {
        using var payments = Backend.Answering("paid");
        await using var mesh = await Mesh.Start();
        var listener = mesh.Service("payments", payments.HostPort).Open(ListenerKind.Tunnel, "tunnel");
        using var tunnel = await RawConnection.To(listener);
        await tunnel.Send(new TunnelHello("web", null, "host-b", "1").ToBytes());
        await tunnel.ReadBytes(1);

        Assert.That((await tunnel.Ask(Head(field))).Status, Is.EqualTo(400));
        Assert.That(payments.Executed, Is.Zero);
    }

    [Test]
    public async Task A_malformed_mesh_header_of_a_peer_is_400_at_sidecar_and_gateway(
        [ValueSource(nameof(Malformed))] string field, [Values(ListenerKind.Inbound, ListenerKind.Mesh)] ListenerKind kind) =>
        Assert.That(await StatusFromPeer(kind, field), Is.EqualTo(400));

    [Test]
    public async Task A_malformed_mesh_only_header_of_a_peer_is_400(
        [ValueSource(nameof(MeshOnly))] string field, [Values(ListenerKind.Inbound, ListenerKind.Mesh)] ListenerKind kind) =>
        Assert.That(await StatusFromPeer(kind, field), Is.EqualTo(400));

    [TestCaseSource(nameof(MeshOnly))]
    public async Task A_mesh_only_header_of_an_application_is_dropped_unread(string field)
    {
        using var payments = Backend.Answering("paid");
        var (mesh, outbound) = await Mesh.WithPayments(payments.HostPort);
        await using var _ = mesh;
        using var client = await RawConnection.To(outbound);

        Assert.That((await client.Ask(Head(field))).Body, Is.EqualTo("paid"));
        Assert.That(payments.Last.Head, Does.Not.Contain(field));
    }

    [Test]
    public async Task A_malformed_mesh_header_from_outside_is_dropped_unread([ValueSource(nameof(Malformed))] string field)
    {
        using var payments = Backend.Answering("paid");
        await using var mesh = await Mesh.Start();
        var ingress = mesh.Service("payments", payments.HostPort).Open(ListenerKind.Ingress, "ingress/8080");
        mesh.Ingress(ingress.Port, ("payments", "payments"));
        using var client = await RawConnection.To(ingress);

        Assert.That((await client.Ask(Head(field))).Body, Is.EqualTo("paid"));
        Assert.That(payments.Last["gatewaymesh-attempt"], Is.EqualTo("1"));
        Assert.That(payments.Last.Has("gatewaymesh-criticality"), Is.False);
    }

    private static async Task<int> StatusFromPeer(ListenerKind kind, string field)
    {
        using var payments = Backend.Answering("paid");
        await using var mesh = await Mesh.Start();
        mesh.Service("payments", payments.HostPort);
        using var client = await RawConnection.To(kind == ListenerKind.Inbound ? mesh.Inbound(payments.HostPort) : mesh.Open(kind, "mesh"));

        var answer = await client.Ask(Head($"gatewaymesh-destination: payments\r\n{field}"));
        Assert.That(payments.Executed, Is.Zero);
        return answer.Status;
    }

    private static string Head(string field) => $"GET / HTTP/1.1\r\nHost: payments\r\n{field}\r\n\r\n";
}
