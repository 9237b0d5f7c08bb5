using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Proxy.Resilience;
using GatewayMesh.Proxy.Tests.Rig;

namespace GatewayMesh.Proxy.Tests.Routing;

/// <summary>Names of a registry that names services by namespace, port, and address.</summary>
public class NamespacedNamesTests
{
    [TestCase("api", "one")]
    [TestCase("API.shop", "one")]
    [TestCase("api.shop.svc", "one")]
    [TestCase("api.shop.svc.cluster.local", "one")]
    [TestCase("api.shop.svc.cluster.local.:80", "one")]
    [TestCase("api:9090", "two")]
    [TestCase("api.shop:9090", "two")]
    [TestCase("10.96.0.10", "one")]
    [TestCase("10.96.0.10:9090", "two")]
    public async Task A_host_names_a_port_of_a_service_and_is_passed_on_unchanged(string host, string body)
    {
        using var one = Backend.Answering("one");
        using var two = Backend.Answering("two");
        await using var mesh = await Mesh.Start();
        mesh.Named(Service("api.shop", 80, one.HostPort), Service("api.shop:9090", 9090, two.HostPort));
        using var client = await RawConnection.To(mesh.Outbound());

        var answer = await client.Ask($"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n");

        Assert.That(answer.Body, Is.EqualTo(body));
        Assert.That((body == "one" ? one : two).Last["Host"], Is.EqualTo(host));
    }

    [Test]
    public async Task The_port_of_the_listener_means_the_default_port()
    {
        using var one = Backend.Answering("one");
        await using var mesh = await Mesh.Start();
        mesh.Named(Service("api.shop", 80, one.HostPort));
        var outbound = mesh.Outbound();
        using var client = await RawConnection.To(outbound);

        var answer = await client.Ask($"GET / HTTP/1.1\r\nHost: api.shop:{outbound.Port}\r\n\r\n");

        Assert.That(answer.Body, Is.EqualTo("one"));
    }

    [TestCase("api.shop:81")]
    [TestCase("api.bank")]
    [TestCase("other")]
    [TestCase("api.shop.mesh")]
    [TestCase("10.96.0.11")]
    public async Task An_unknown_name_or_port_is_404(string host)
    {
        using var one = Backend.Answering("one");
        await using var mesh = await Mesh.Start();
        mesh.Named(Service("api.shop", 80, one.HostPort));
        using var client = await RawConnection.To(mesh.Outbound());

        var answer = await client.Ask($"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n");

        Assert.That(answer.Status, Is.EqualTo(404));
        Assert.That(one.Executed, Is.Zero);
    }

    [Test]
    public async Task The_address_of_a_pod_leads_to_this_pod_alone()
    {
        using var one = Backend.Answering("one");
        using var two = Backend.Answering("two");
        await using var mesh = await Mesh.Start();
        mesh.Named(Service("api.shop", 80, one.HostPort, two.HostPort));
        using var client = await RawConnection.To(mesh.Outbound());

        for (var i = 0; i < 10; i++)
        {
            var answer = await client.Ask($"GET / HTTP/1.1\r\nHost: {two.HostPort}\r\n\r\n");
            Assert.That(answer.Body, Is.EqualTo("two"));
        }

        Assert.That(one.Executed, Is.Zero);
    }

    [TestCase("api")]
    [TestCase("api.shop.svc.cluster.local")]
    [TestCase("api.shop:80")]
    public async Task An_upstream_port_may_name_its_service_in_every_form(string upstream)
    {
        using var one = Backend.Answering("one");
        await using var mesh = await Mesh.Start();
        mesh.Named(Service("api.shop", 80, one.HostPort));
        using var client = await RawConnection.To(
            mesh.Open(ListenerKind.Upstream, $"upstream/web/{upstream}", spec => spec with { Service = "web", Upstream = upstream }));

        var answer = await client.Ask("GET / HTTP/1.1\r\nHost: localhost:5001\r\n\r\n");

        Assert.That(answer.Body, Is.EqualTo("one"));
    }

    [TestCase("api.shop", "one")]
    [TestCase("api.shop:9090", "two")]
    public async Task A_gateway_takes_the_name_from_the_callers_header(string destination, string body)
    {
        using var one = Backend.Answering("one");
        using var two = Backend.Answering("two");
        await using var mesh = await Mesh.Start();
        mesh.Named(Service("api.shop", 80, one.HostPort), Service("api.shop:9090", 9090, two.HostPort));
        using var client = await RawConnection.To(mesh.Open(ListenerKind.Mesh, "mesh"));

        var answer = await client.Ask($"GET / HTTP/1.1\r\nHost: elsewhere\r\n{MeshHeaders.Destination}: {destination}\r\n\r\n");

        Assert.That(answer.Body, Is.EqualTo(body));
    }

    [Test]
    public async Task A_gateway_takes_the_address_of_a_pod_from_the_callers_header()
    {
        using var one = Backend.Answering("one");
        using var two = Backend.Answering("two");
        await using var mesh = await Mesh.Start();
        mesh.Named(Service("api.shop", 80, one.HostPort, two.HostPort));
        using var client = await RawConnection.To(mesh.Open(ListenerKind.Mesh, "mesh"));

        var answer = await client.Ask($"GET / HTTP/1.1\r\nHost: elsewhere\r\n{MeshHeaders.Destination}: {two.HostPort}\r\n\r\n");

        Assert.That(answer.Body, Is.EqualTo("two"));
    }

    private static DiscoveredService Service(string name, int port, params HostPort[] instances) => new(
        name, [.. instances.Select((address, i) => new DiscoveredInstance($"{name}-{i}", "", address, Healthy: true))])
    {
        Frontend = new ServiceFrontend(port, ["10.96.0.10"]),
    };
}
