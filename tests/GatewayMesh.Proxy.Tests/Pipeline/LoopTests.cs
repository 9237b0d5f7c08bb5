using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Proxy.Tests.Rig;

namespace GatewayMesh.Proxy.Tests.Pipeline;

public class LoopTests
{
    [Test]
    public async Task A_loop_within_the_mesh_ends_after_eight_hops()
    {
        await using var mesh = await Mesh.Start(options => options with { RoleName = "gateway" });
        var address = mesh.Open(ListenerKind.Mesh, "mesh");
        mesh.Service("payments", new HostPort("127.0.0.1", address.Port)); // a gateway that forwards to itself
        using var client = await RawConnection.To(address);

        var answer = await client.Ask("GET / HTTP/1.1\r\nHost: payments\r\n\r\n");

        Assert.That(answer["Proxy-Status"], Does.Contain("error=proxy_loop_detected"));
        Assert.That(mesh.Plane.Inspection.Figures.Total, Is.EqualTo(9));
    }

    [Test]
    public async Task A_loop_through_an_application_that_forwards_ends_by_our_name_in_Via()
    {
        await using var mesh = await Mesh.Start();
        var outbound = mesh.Outbound();
        mesh.Service("payments", new HostPort("127.0.0.1", outbound.Port)); // outbound does not trust hop counts
        using var client = await RawConnection.To(outbound);

        var answer = await client.Ask("GET / HTTP/1.1\r\nHost: payments\r\n\r\n");

        Assert.That(answer["Proxy-Status"], Does.Contain("error=proxy_loop_detected"));
        Assert.That(mesh.Plane.Inspection.Figures.Total, Is.EqualTo(9));
    }

    [Test]
    public async Task A_malformed_hop_count_of_a_peer_is_400()
    {
        await using var mesh = await Mesh.Start();
        using var client = await RawConnection.To(mesh.Open(ListenerKind.Mesh, "mesh"));

        var answer = await client.Ask("GET / HTTP/1.1\r\nHost: payments\r\ngatewaymesh-hops: -1\r\n\r\n");

        Assert.That(answer.Status, Is.EqualTo(400));
    }
}
