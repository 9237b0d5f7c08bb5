using System.Collections.Frozen;
using System.Net;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Configuration.Snapshot;

namespace GatewayMesh.Configuration.Tests.Listeners;

internal sealed class IngressPortsTests
{
    [Test]
    public void A_port_in_only_one_of_bootstrap_and_entry_is_found()
    {
        var ingress = new IngressSpec
        {
            Service = "edge",
            Listeners = [
                new IngressListenerSpec(new IPEndPoint(IPAddress.Any, 8080)), new IngressListenerSpec(new IPEndPoint(IPAddress.Any, 8081))],
        };
        var none = new IngressModel(FrozenDictionary<string, string>.Empty);
        var snapshot = new MeshSnapshot
        {
            Revision = "r",
            Ingress = new Dictionary<(string, int), IngressModel>
            {
                [("edge", 8081)] = none,
                [("edge", 8082)] = none,
                [("other", 8083)] = none,
            }.ToFrozenDictionary(),
        };

        Assert.That(IngressPorts.FindLone(ingress, snapshot), Is.EqualTo(new[]
        {
            new LoneIngressPort("edge", 8080, LoneIngressPortReason.NoEntry),
            new LoneIngressPort("edge", 8082, LoneIngressPortReason.NoListener),
        }));
    }
}
