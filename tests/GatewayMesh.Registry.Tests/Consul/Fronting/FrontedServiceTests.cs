using System.Text;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Fixtures;
using GatewayMesh.Registry.Bootstrap;
using GatewayMesh.Registry.Consul.Fronting;

namespace GatewayMesh.Registry.Tests.Consul.Fronting;

/// <summary>A user's registration as bootstrap settings.</summary>
internal sealed class FrontedServiceTests
{
    [Test]
    public async Task The_registration_of_a_real_agent_is_read_completely()
    {
        await using var consul = await ConsulAgent.StartAsync();
        _ = await consul.PutAsync("/v1/agent/service/register", """
            {"ID":"web-1","Name":"web","Port":8080,"Connect":{"SidecarService":{"Address":"127.0.0.1","Port":20001,
             "Proxy":{"Config":{"protocol":"grpc"},"Upstreams":[{"DestinationName":"payments","LocalBindPort":5001},{"DestinationName":"db","LocalBindAddress":"127.0.0.2","LocalBindPort":5002}]}}}}
            """);
        var registry = new RegistrySpec("consul", consul.Address) { Agents = [new Uri($"http://{consul.Address}")] };
        Assert.That(FrontedLookup.Ask(registry, "web-1"), Is.EqualTo(new[]
        {
            "sidecar.services.0.inbound=127.0.0.1:20001",
            "sidecar.address=127.0.0.1",
            "sidecar.services.0.name=web",
            "sidecar.services.0.id=web-1",
            "sidecar.services.0.address=127.0.0.1",
            "sidecar.services.0.port=8080",
            "sidecar.services.0.outbound=127.0.0.1:15001",
            "sidecar.services.0.registeredProxy=web-1-sidecar-proxy",
            "sidecar.services.0.protocol=grpc",
            "sidecar.services.0.upstreams.0.service=payments",
            "sidecar.services.0.upstreams.0.port=5001",
            "sidecar.services.0.upstreams.1.service=db",
            "sidecar.services.0.upstreams.1.port=5002",
            "sidecar.services.0.upstreams.1.address=127.0.0.2",
        }));
        Assert.That(
            () => FrontedLookup.Ask(registry, "web-2"),
            Throws.InstanceOf<FormatException>().With.Message.Contain("no sidecar is registered for the service id web-2"));
        await consul.KillAsync();
        Assert.That(() => FrontedLookup.Ask(registry, "web-1"), Throws.InstanceOf<IOException>());
    }

    [TestCase(""" "Address":"" """, """ "Config":{"bind_address":"10.0.0.1","bind_port":7} """, "10.0.0.1:7")]
    [TestCase(""" "Address":"host.example" """, """ "Config":{} """, "0.0.0.0:1")]
    [TestCase(""" "Address":"::1" """, """ "Config":{"protocol":"http"} """, "[::1]:1")]
    public void The_inbound_address_is_the_one_consul_would_bind(string address, string config, string inbound)
    {
        var settings = FrontedService.Read(
            "w",
            Encoding.UTF8.GetBytes(
                $$$"""{"p":{"ID":"p","Port":1,{{{address}}},"Proxy":{"DestinationServiceName":"web","DestinationServiceID":"w","LocalServicePort":2,{{{config}}} } } }"""));
        var bootstrap = BootstrapFile.Load(
            null,
            new BootstrapOptions { Role = "sidecar", Node = "host-a", Registry = "consul://127.0.0.1:1", Set = settings },
            new Dictionary<string, string>(),
            out var errors);
        Assert.That(errors, Is.Empty);
        var service = bootstrap!.Sidecar!.Services.Single();
        Assert.That(
            (service.Name, service.Id, service.Address, service.Port, service.RegisteredProxy, service.Inbound!.ToString()),
            Is.EqualTo(("web", "w", "127.0.0.1", 2, "p", inbound)));
    }

    [TestCase("{}", "no sidecar is registered")]
    [TestCase("""{"a":{"ID":"a"},"b":{"ID":"b"}}""", "2 sidecars are registered for the service id w (a, b)")]
    [
        TestCase(
            """{"p":{"ID":"p","Port":1,"Proxy":{"DestinationServiceName":"web","LocalServicePort":2,"Upstreams":[{"DestinationName":"q","DestinationType":"prepared_query","LocalBindPort":3}]}}}""",
            "has type prepared_query, which is not supported")]
    [
        TestCase(
            """{"p":{"ID":"p","Port":1,"Proxy":{"DestinationServiceName":"web","LocalServicePort":2,"Upstreams":[{"DestinationName":"q","Datacenter":"dc2","LocalBindPort":3}]}}}""",
            "is in datacenter dc2")]
    [TestCase("[]", "not a valid Consul answer")]
    [TestCase("nonsense", "not a valid Consul answer")]
    [TestCase("""{"p":{"ID":"p"}}""", "not a valid Consul answer")]
    [TestCase("""{"p":{"ID":"p","Port":"x","Proxy":{"LocalServicePort":2}}}""", "not a valid Consul answer")]
    public void A_registration_that_cannot_be_fronted_is_refused_with_the_reason(string answer, string why) =>
        Assert.That(
            () => FrontedService.Read("w", Encoding.UTF8.GetBytes(answer)), Throws.InstanceOf<FormatException>().With.Message.Contain(why));
}
