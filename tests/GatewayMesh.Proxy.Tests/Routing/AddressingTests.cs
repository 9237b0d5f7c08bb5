using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Proxy.Tests.Rig;

namespace GatewayMesh.Proxy.Tests.Routing;

public class AddressingTests
{
    [TestCase("payments")]
    [TestCase("PAYMENTS")]
    [TestCase("payments:8080")]
    [TestCase("payments.mesh")]
    [TestCase("payments.mesh:80")]
    [TestCase("Payments.Service.Consul")]
    [TestCase("payments.service.consul.")]
    public async Task A_host_names_a_service_and_is_passed_on_unchanged(string host)
    {
        using var payments = Backend.Answering("paid");
        var (mesh, outbound) = await Mesh.WithPayments(payments.HostPort);
        await using var _ = mesh;
        using var client = await RawConnection.To(outbound);

        var answer = await client.Ask($"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n");

        Assert.That(answer.Body, Is.EqualTo("paid"));
        Assert.That(payments.Last["Host"], Is.EqualTo(host));
    }

    [TestCase("unknown")]
    [TestCase("payments.example.com")]
    [TestCase("payments.mesh.example.com")]
    [TestCase("127.0.0.1")]
    public async Task An_unknown_host_is_404_and_reported_as_not_forwarded(string host)
    {
        using var payments = Backend.Answering("paid");
        var (mesh, outbound) = await Mesh.WithPayments(payments.HostPort);
        await using var _ = mesh;
        using var client = await RawConnection.To(outbound);

        var answer = await client.Ask($"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n");

        Assert.That(answer.Status, Is.EqualTo(404));
        Assert.That(answer["Proxy-Status"], Does.StartWith("gatewaymesh; error=destination_not_found; forwarded=?0"));
        Assert.That(answer["Content-Type"], Is.EqualTo("application/problem+json"));
        Assert.That(payments.Executed, Is.Zero);
    }

    [Test]
    public async Task A_service_without_instances_is_503_with_retry_after()
    {
        var (mesh, outbound) = await Mesh.WithPayments();
        await using var _ = mesh;
        using var client = await RawConnection.To(outbound);

        var answer = await client.Ask("GET / HTTP/1.1\r\nHost: payments\r\n\r\n");

        Assert.That(answer.Status, Is.EqualTo(503));
        Assert.That(answer["Proxy-Status"], Does.Contain("forwarded=?0"));
        Assert.That(answer["Retry-After"], Is.EqualTo("1"));
    }

    [TestCase("http://payments/a?b=c", "/a?b=c", "payments")]
    [TestCase("http://payments.mesh:9090/a", "/a", "payments.mesh:9090")]
    [TestCase("http://payments", "/", "payments")]
    [TestCase("http://payments?b", "/?b", "payments")]
    public async Task An_absolute_target_overrides_the_host_which_is_rewritten(string target, string path, string host)
    {
        using var payments = Backend.Answering("paid");
        var (mesh, outbound) = await Mesh.WithPayments(payments.HostPort);
        await using var _ = mesh;
        using var client = await RawConnection.To(outbound);

        var answer = await client.Ask($"GET {target} HTTP/1.1\r\nHost: elsewhere\r\n\r\n");

        Assert.That(answer.Body, Is.EqualTo("paid"));
        Assert.That(payments.Last.Target, Is.EqualTo(path));
        Assert.That(payments.Last.Values("Host"), Is.EqualTo(new[] { host }));
    }

    [TestCase("/a%2Fb/%7Euser/../x//y?q=%20+&r=a%2Fb")]
    [TestCase("//double")]
    [TestCase("/?")]
    [TestCase("/a;b=c?d=e?f=g")]
    public async Task Path_and_query_stay_byte_for_byte(string target)
    {
        using var payments = Backend.Answering("paid");
        var (mesh, outbound) = await Mesh.WithPayments(payments.HostPort);
        await using var _ = mesh;
        using var client = await RawConnection.To(outbound);

        await client.Ask($"GET {target} HTTP/1.1\r\nHost: payments\r\n\r\n");

        Assert.That(payments.Last.Target, Is.EqualTo(target));
    }

    [Test]
    public async Task An_upstream_port_leads_to_its_service_regardless_of_the_host()
    {
        using var payments = Backend.Answering("paid");
        await using var mesh = await Mesh.Start();
        mesh.Service("payments", payments.HostPort);
        using var client = await RawConnection.To(
            mesh.Open(ListenerKind.Upstream, "upstream/web/payments", spec => spec with { Service = "web", Upstream = "payments" }));

        var answer = await client.Ask("GET / HTTP/1.1\r\nHost: localhost:5001\r\n\r\n");

        Assert.That(answer.Body, Is.EqualTo("paid"));
        Assert.That(payments.Last["Host"], Is.EqualTo("localhost:5001"));
    }

    [Test]
    public async Task Inbound_leads_only_to_its_own_application()
    {
        using var payments = Backend.Answering("paid");
        using var other = Backend.Answering("other");
        await using var mesh = await Mesh.Start();
        mesh.Service("other", other.HostPort);
        using var client = await RawConnection.To(mesh.Inbound(payments.HostPort));

        var answer = await client.Ask("GET / HTTP/1.1\r\nHost: other\r\n\r\n");

        Assert.That(answer.Body, Is.EqualTo("paid"));
        Assert.That(other.Executed, Is.Zero);
    }

    [Test]
    public async Task A_gateway_uses_the_peers_destination_header_and_otherwise_the_host()
    {
        using var payments = Backend.Answering("paid");
        using var ledger = Backend.Answering("booked");
        await using var mesh = await Mesh.Start(options => options with { RoleName = "gateway" });
        mesh.Service("payments", payments.HostPort).Service("ledger", ledger.HostPort);
        using var client = await RawConnection.To(mesh.Open(ListenerKind.Mesh, "mesh"));

        var named = await client.Ask("GET / HTTP/1.1\r\nHost: shop.example\r\ngatewaymesh-destination: payments\r\n\r\n");
        var hosted = await client.Ask("GET / HTTP/1.1\r\nHost: ledger\r\n\r\n");

        Assert.That(named.Body, Is.EqualTo("paid"));
        Assert.That(payments.Last["Host"], Is.EqualTo("shop.example"));
        Assert.That(hosted.Body, Is.EqualTo("booked"));
    }

    [TestCase("shop.example", "exact")]
    [TestCase("SHOP.example:8080", "exact")]
    [TestCase("api.anything.org", "prefix")]
    [TestCase("other.example", "rest")]
    public async Task An_ingress_routes_by_exact_host_then_name_then_star(string host, string service)
    {
        using var exact = Backend.Answering("exact");
        using var prefix = Backend.Answering("prefix");
        using var rest = Backend.Answering("rest");
        await using var mesh = await Mesh.Start(options => options with { RoleName = "ingress" });
        mesh.Service("exact", exact.HostPort).Service("prefix", prefix.HostPort).Service("rest", rest.HostPort);
        var address = mesh.Open(ListenerKind.Ingress, "ingress/1");
        mesh.Ingress(address.Port, ("shop.example", "exact"), ("api.*", "prefix"), ("*", "rest"));
        using var client = await RawConnection.To(address);

        var answer = await client.Ask($"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n");

        Assert.That(answer.Body, Is.EqualTo(service));
    }

    [Test]
    public async Task A_host_that_no_ingress_entry_names_is_404()
    {
        await using var mesh = await Mesh.Start(options => options with { RoleName = "ingress" });
        var address = mesh.Open(ListenerKind.Ingress, "ingress/1");
        mesh.Ingress(address.Port, ("shop.example", "payments"));
        using var client = await RawConnection.To(address);

        var answer = await client.Ask("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n");

        Assert.That(answer.Status, Is.EqualTo(404));
        Assert.That(answer.Body, Does.Not.Contain("host-a"), "an ingress does not reveal its node");
    }

    [Test]
    public async Task The_probe_reaches_its_socket_even_on_the_liveness_path()
    {
        using var guard = Backend.Answering("probed");
        await using var mesh = await Mesh.Start();
        using var client = await RawConnection.To(
            mesh.Open(ListenerKind.Probe, "probe", spec => spec with { Application = guard.HostPort }));

        var answer = await client.Ask("GET /.well-known/gatewaymesh/live HTTP/1.1\r\nHost: probe\r\n\r\n");

        Assert.That(answer.Body, Is.EqualTo("probed"));
        Assert.That(mesh.Plane.Inspection.Figures.Total, Is.Zero, "probes are not traffic");
    }
}
