using System.Collections.Immutable;
using System.Net;
using System.Text;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Registry.Consul.Registration;

namespace GatewayMesh.Registry.Tests.Consul.Registration;

/// <summary>The registrations of a bootstrap as sent to an agent.</summary>
internal sealed class DeclaredServicesTests
{
    private static readonly LocalServiceSpec Whole = Bootstraps.Web() with
    {
        Protocol = "grpc",
        Tags = ["blue", "a\"b"],
        Meta = ImmutableSortedDictionary<string, string>.Empty.Add("version", "v1"),
        Health = new HealthSpec { Http = "/healthz?a=1&b=2", Interval = TimeSpan.FromSeconds(2), Timeout = TimeSpan.FromMilliseconds(250) },
        Upstreams = [new UpstreamSpec("payments", new IPEndPoint(IPAddress.Loopback, 5001))],
    };

    [Test]
    public void An_instance_and_its_sidecar_are_registered_in_consuls_form()
    {
        Assert.That(Written(Bootstraps.Sidecar("host-a", Whole)), Is.EqualTo(new[]
        {
            """{"ID":"web-1","Name":"web","Address":"127.0.0.1","Port":8080,"Tags":["blue","a\"b"],"Meta":{"gatewaymesh-node":"host-a","gatewaymesh-role":"sidecar","version":"v1"},"Checks":[{"CheckID":"service:web-1","Name":"web is ready","HTTP":"http://127.0.0.1:8080/healthz?a=1&b=2","Interval":"2s","Timeout":"250ms","Status":"passing"}]}""",
            """{"ID":"web-1-sidecar-proxy","Name":"web-sidecar-proxy","Kind":"connect-proxy","Address":"127.0.0.1","Port":20001,"Tags":["blue","a\"b"],"Meta":{"gatewaymesh-node":"host-a","gatewaymesh-role":"sidecar","version":"v1"},"Proxy":{"DestinationServiceName":"web","DestinationServiceID":"web-1","LocalServiceAddress":"127.0.0.1","LocalServicePort":8080,"Config":{"protocol":"grpc"},"Upstreams":[{"DestinationName":"payments","LocalBindAddress":"127.0.0.1","LocalBindPort":5001}]},"Checks":[{"CheckID":"service:web-1-sidecar-proxy:alias","Name":"web is healthy","AliasService":"web-1","Status":"passing"},{"CheckID":"service:web-1-sidecar-proxy:live","Name":"gatewaymesh serves","TTL":"10s","Status":"passing"}]}""",
        }));
    }

    [Test]
    public void An_instance_that_is_not_ready_starts_critical_but_its_sidecar_is_live() =>
        Assert.That(
            Written(Bootstraps.Sidecar("host-a", Whole), isReady: false).Select(StatusesIn),
            Is.EqualTo(new[] { "critical", "critical passing" }));

    [Test]
    public void A_tcp_check_names_the_address() =>
        Assert.That(
            Written(Bootstraps.Sidecar("host-a", Whole with { Health = new HealthSpec() }))[0],
            Does.Contain("""{"CheckID":"service:web-1","Name":"web is ready","TCP":"127.0.0.1:8080","Interval":"2s","Timeout":"1s","""));

    [Test]
    public void An_agent_on_another_host_gets_a_ttl_check_instead_of_checking_its_own_loopback_address()
    {
        Assert.That(
            Written(Bootstraps.Sidecar("host-a", Whole), agentIsHere: false)[0],
            Does.Contain("""{"CheckID":"service:web-1","Name":"web is ready","TTL":"10s","""));
        Assert.That(
            Written(Bootstraps.Sidecar("host-a", Whole with { Address = "10.0.0.5" }), agentIsHere: false)[0],
            Does.Contain("\"HTTP\":\"http://10.0.0.5:8080/healthz"));
    }

    [Test]
    public void An_instance_without_an_inbound_listener_is_not_registered() =>
        Assert.That(Written(Bootstraps.Sidecar("host-a", Whole with { Inbound = null })), Is.Empty);

    [Test]
    public void Only_the_check_of_a_users_registration_belongs_to_the_node()
    {
        var declared = DeclaredServices.Of(Bootstraps.Sidecar("host-a", Whole with { RegisteredProxy = "the-proxy" }), agentIsHere: true);
        Assert.That(declared.Select(service => (service.Id, service.IsForeign)), Is.EqualTo(new[] { ("the-proxy", true) }));
        Assert.That(
            Encoding.UTF8.GetString(AgentServiceJson.Write(declared[0].Checks.Single(), declared[0].Id, isReady: true)),
            Is.EqualTo(
                """{"ID":"service:the-proxy:live","Name":"gatewaymesh serves","ServiceID":"the-proxy","TTL":"10s","Status":"passing"}"""));
    }

    [Test]
    public void A_gateway_registers_its_tunnel_address() =>
        Assert.That(Written(Bootstraps.Gateway()), Is.EqualTo(new[]
        {
            """{"ID":"gatewaymesh-gateway-gateway-1","Name":"gatewaymesh-gateway","Address":"10.0.0.9","Port":15443,"Tags":["gatewaymesh-gateway"],"Meta":{"gatewaymesh-group":"blue","gatewaymesh-node":"gateway-1","gatewaymesh-role":"gateway","gatewaymesh-tunnel":"10.0.0.9:15444"},"Checks":[{"CheckID":"service:gatewaymesh-gateway-gateway-1:live","Name":"gatewaymesh serves","TTL":"10s","Status":"passing"}]}""",
        }));

    [Test]
    public void With_certificates_the_tunnel_address_of_a_gateway_is_its_mesh_address() =>
        Assert.That(
            Written(Bootstraps.Gateway() with { Identity = IdentityMode.Mtls }),
            Is.All.Contains("\"gatewaymesh-tunnel\":\"10.0.0.9:15443\""));

    [Test]
    public void An_ingress_is_registered_with_its_first_port() =>
        Assert.That(Written(Bootstraps.Ingress()), Is.EqualTo(new[]
        {
            """{"ID":"gatewaymesh-ingress-edge-1","Name":"gatewaymesh-ingress","Address":"10.0.0.2","Port":8080,"Tags":["gatewaymesh-ingress"],"Meta":{"gatewaymesh-node":"edge-1","gatewaymesh-role":"ingress"},"Checks":[{"CheckID":"service:gatewaymesh-ingress-edge-1:live","Name":"gatewaymesh serves","TTL":"10s","Status":"passing"}]}""",
        }));

    [Test]
    public void The_guard_knows_the_checks_from_the_bootstrap_alone()
    {
        foreach (
            var bootstrap in new[]
            {
                Bootstraps.Sidecar("host-a", Whole, Whole with { Id = "web-2", RegisteredProxy = "other" }),
                Bootstraps.Gateway(),
                Bootstraps.Ingress(),
            })
        {
            Assert.That(
                DeclaredServices.Of(bootstrap, agentIsHere: true)
                    .SelectMany(service => service.Checks)
                    .Where(check => check is { Ttl: not null, OfApplication: false })
                    .Select(check => check.Id),
                Is.EqualTo(ConsulNames.Serving(bootstrap).Select(ConsulNames.LiveCheck)));
        }
    }

    private static List<string> Written(BootstrapSpec bootstrap, bool agentIsHere = true, bool isReady = true) =>
        [
            .. DeclaredServices.Of(bootstrap, agentIsHere).Select(
                service => Encoding.UTF8.GetString(AgentServiceJson.Write(service, isReady)))];

    private static string StatusesIn(string json) =>
        string.Join(' ', json.Split("\"Status\":\"").Skip(1).Select(part => part[..part.IndexOf('"', StringComparison.Ordinal)]));
}
