using GatewayMesh.Proxy.Tests.Rig;

namespace GatewayMesh.Proxy.Tests.Forwarding;

public class FirstRequestTests
{
    [Test]
    public async Task A_request_passes_an_outbound_and_an_inbound_sidecar()
    {
        using var application = Backend.Answering("hello", "X-App: yes\r\n");
        await using var callee = await Mesh.Start(options => options with { Node = "host-b" });
        var inbound = callee.Inbound(application.HostPort);
        await using var caller = await Mesh.Start();
        caller.Service("payments", new Configuration.Values.HostPort("127.0.0.1", inbound.Port));
        using var client = await RawConnection.To(caller.Outbound());

        var answer = await client.Ask("GET /a/b?c=d HTTP/1.1\r\nHost: payments\r\n\r\n");

        Assert.That(answer.Status, Is.EqualTo(200), answer.Head + answer.Body);
        Assert.That(answer.Body, Is.EqualTo("hello"));
        Assert.That(answer["X-App"], Is.EqualTo("yes"));
        Assert.That(answer["Via"], Is.EqualTo("1.1 host-b-sidecar, 1.1 host-a-sidecar"));
        Assert.That(application.Last.StartLine, Is.EqualTo("GET /a/b?c=d HTTP/1.1"));
        Assert.That(application.Last["Via"], Is.EqualTo("1.1 host-a-sidecar, 1.1 host-b-sidecar"));
        Assert.That(application.Last["Host"], Is.EqualTo("payments"));
        Assert.That(application.Last.Head, Does.Not.Contain("gatewaymesh-"));
    }
}
