using System.Net;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Listeners;

namespace GatewayMesh.Configuration.Tests.Listeners;

internal sealed class ListenerPlanTests
{
    [TestCase("http")]
    [TestCase("http2")]
    [TestCase("grpc")]
    public void The_inbound_listener_knows_its_applications_protocol(string protocol)
    {
        var service = new LocalServiceSpec
        {
            Name = "web",
            Id = "web-1",
            Port = 8080,
            Protocol = protocol,
            Inbound = new IPEndPoint(IPAddress.Any, 20001),
        };
        var bootstrap = new BootstrapSpec { Role = MeshRole.Sidecar, Node = "host-a", Sidecar = new SidecarSpec { Services = [service] } };

        Assert.That(ListenerPlan.For(bootstrap).Single().Protocol, Is.EqualTo(protocol));
    }
}
