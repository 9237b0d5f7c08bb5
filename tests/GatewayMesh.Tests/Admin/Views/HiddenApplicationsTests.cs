using System.Collections.Frozen;
using System.Net;
using GatewayMesh.Admin.Views;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Policies.SidecarBypass;
using GatewayMesh.Configuration.Snapshot;

namespace GatewayMesh.Tests.Admin.Views;

public class HiddenApplicationsTests
{
    [TestCase("10.0.0.5", "127.0.0.1", SidecarBypassMode.Gateway, true)]
    [TestCase("10.0.0.5", "0.0.0.0", SidecarBypassMode.Gateway, true)]
    [TestCase("10.0.0.5", "10.0.0.5", SidecarBypassMode.Gateway, false)]
    [TestCase("127.0.0.1", "127.0.0.1", SidecarBypassMode.Gateway, false)]
    [TestCase("10.0.0.5", "127.0.0.1", SidecarBypassMode.Never, false)]
    public void Loopback_application_is_hidden_from_gateways_on_other_hosts(
        string sidecar, string application, SidecarBypassMode mode, bool isHidden)
    {
        var bootstrap = new BootstrapSpec
        {
            Role = MeshRole.Sidecar,
            Node = "host-b",
            Sidecar = new SidecarSpec
            {
                Address = sidecar,
                Services = [
                    new LocalServiceSpec
                    {
                        Name = "payments",
                        Id = "payments-1",
                        Address = application,
                        Port = 8080,
                        Inbound = new IPEndPoint(IPAddress.Any, 20001),
                    }],
            },
        };
        var payments = new ServiceModel("payments", "http", PolicyModel.Default with { SidecarBypass = mode }, []);
        var snapshot = new MeshSnapshot
        {
            Revision = "r1",
            Services = new Dictionary<string, ServiceModel> { ["payments"] = payments }.ToFrozenDictionary(),
        };

        Assert.That(
            HiddenApplications.Of(bootstrap, snapshot).Select(hidden => hidden.Service),
            Is.EqualTo(isHidden ? ["payments"] : Array.Empty<string>()));
    }
}
