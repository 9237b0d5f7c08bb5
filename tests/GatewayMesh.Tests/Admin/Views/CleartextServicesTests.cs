using System.Collections.Frozen;
using GatewayMesh.Admin.Views;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Tests.Admin.Views;

public class CleartextServicesTests
{
    [Test]
    public void Service_with_an_instance_without_a_sidecar_is_cleartext()
    {
        ServiceModel Service(string name, params string[] nodes) =>
            new(
                name,
                "http",
                PolicyModel.Default,
                [
                    .. nodes.Select(
                        (node, i) => new EndpointModel(name, $"{name}-{i}", node, new HostPort("10.0.0.7", 9000 + i), Healthy: true))]);
        ServiceModel[] services = [Service("payments", "host-a"), Service("mixed", "host-a", ""), Service("legacy", "")];
        var snapshot = new MeshSnapshot { Revision = "r1", Services = services.ToFrozenDictionary(service => service.Name) };

        Assert.That(CleartextServices.Of(snapshot), Is.EqualTo(new[] { "legacy", "mixed" }));
    }
}
