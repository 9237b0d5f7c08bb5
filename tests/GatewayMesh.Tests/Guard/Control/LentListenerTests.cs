using System.Net;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Guard.Control;

namespace GatewayMesh.Tests.Guard.Control;

public sealed class LentListenerTests
{
    [Test]
    public void Worker_receives_every_property_of_a_listener()
    {
        var spec = new ListenerSpec("inbound/web", ListenerKind.Inbound, new IPEndPoint(IPAddress.Loopback, 20001))
        {
            Service = "web",
            Upstream = "payments",
            Application = new HostPort("127.0.0.1", 8080),
            Protocol = "grpc",
        };

        Assert.That(ListenerLease.From(spec).ToSpec(), Is.EqualTo(spec));
        Assert.That(
            (ListenerLease.From(spec) with { Protocol = null }).ToSpec().Protocol,
            Is.EqualTo("http"),
            "by a guard that knows no protocols");
    }
}
