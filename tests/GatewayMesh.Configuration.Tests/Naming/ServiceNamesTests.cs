using GatewayMesh.Configuration.Naming;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Configuration.Tests.Naming;

internal sealed class ServiceNamesTests
{
    private const int Entry = 15001;

    private static readonly ServiceNames Names = ServiceNames.Of(
        new ServiceCatalog(
            [
                Service("api.shop", 80, ["10.96.0.10", "fd00:10:96::10"], ("api-1", "10.244.1.11", 8080), ("api-2", "10.244.2.12", 8080)),
                Service("api.shop:9090", 9090, ["10.96.0.10", "fd00:10:96::10"], ("api-1", "10.244.1.11", 9090), ("api-2", "10.244.2.12", 9090)),
                Service("api.bank", 80, ["10.96.0.20"]),
                Service("ledger.bank", 7070, ["10.96.0.21"], ("ledger-1", "fd00:10:244::7", 7070)),
                Service("web.svc", 80, ["10.96.0.30"]),
                Service("db.shop", 5432, [], ("db-0", "10.244.3.1", 5432), ("db-1", "10.244.3.2", 5432)),
            ],
            [])
        {
            Namespace = "shop",
        })!;

    [TestCase("api", "api.shop")]
    [TestCase("API", "api.shop")]
    [TestCase("api:80", "api.shop")]
    [TestCase("api.", "api.shop")]
    [TestCase("api.shop", "api.shop")]
    [TestCase("api.shop.:80", "api.shop")]
    [TestCase("Api.Shop", "api.shop")]
    [TestCase("api.shop.svc", "api.shop")]
    [TestCase("api.shop.svc.cluster.local", "api.shop")]
    [TestCase("API.shop.SVC.cluster.LOCAL.", "api.shop")]
    [TestCase("api.bank", "api.bank")]
    [TestCase("ledger.bank", "ledger.bank", Description = "the default port is the first one where there is no port 80")]
    [TestCase("ledger.bank:7070", "ledger.bank")]
    [TestCase("web.svc", "web.svc", Description = "a namespace called svc")]
    [TestCase("web.svc.svc", "web.svc")]
    [TestCase("10.96.0.10", "api.shop")]
    [TestCase("10.96.0.10:80", "api.shop")]
    [TestCase("[fd00:10:96::10]", "api.shop")]
    [TestCase("[FD00:10:96:0::10]:80", "api.shop", Description = "another spelling of the same address")]
    public void Every_form_of_a_name_means_the_default_port(string authority, string service) =>
        Assert.That(Find(authority), Is.EqualTo(new NamedService(service)));

    [TestCase("api:9090", "api.shop:9090")]
    [TestCase("api.shop:9090", "api.shop:9090")]
    [TestCase("api.shop.svc.cluster.local:9090", "api.shop:9090")]
    [TestCase("10.96.0.10:9090", "api.shop:9090")]
    [TestCase("[fd00:10:96::10]:9090", "api.shop:9090")]
    public void A_port_of_the_Service_is_a_service_of_its_own(string authority, string service) =>
        Assert.That(Find(authority), Is.EqualTo(new NamedService(service)));

    [TestCase("api:15001", "api.shop")]
    [TestCase("ledger.bank.svc:15001", "ledger.bank")]
    [TestCase("10.96.0.21:15001", "ledger.bank")]
    public void The_port_of_the_listener_counts_as_no_port(string authority, string service) =>
        Assert.That(Find(authority), Is.EqualTo(new NamedService(service)));

    [TestCase("api:81")]
    [TestCase("ledger.bank:80", Description = "a Service without this port")]
    [TestCase("10.96.0.10:8080", Description = "the port of the pods is no port of the Service")]
    [TestCase("ledger", Description = "another namespace")]
    [TestCase("api.nowhere")]
    [TestCase("api.svc", Description = "the suffix needs a namespace")]
    [TestCase("api.svc.cluster.local")]
    [TestCase("api.shop.svc.example.com")]
    [TestCase("api.shop.example")]
    [TestCase("10.96.0.99")]
    [TestCase("10.244.1.11", Description = "no instance at port 80")]
    [TestCase("10.244.1.11:1")]
    [TestCase("[fd00::99]:80")]
    [TestCase("[")]
    [TestCase("[]")]
    [TestCase("[fd00:10:96::10]x")]
    [TestCase("")]
    [TestCase(".")]
    [TestCase(":80")]
    [TestCase("api:x")]
    [TestCase("api:-80")]
    [TestCase("api:99999999999")]
    [TestCase("fd00:10:96::10", Description = "no brackets")]
    public void Any_other_name_is_unknown(string authority) =>
        Assert.That(Names.TryFind(authority, [], Entry, out _), Is.False);

    [TestCase("10.244.1.11:8080", "api.shop", "10.244.1.11:8080")]
    [TestCase("10.244.1.11:9090", "api.shop:9090", "10.244.1.11:9090")]
    [TestCase("[fd00:10:244::7]:7070", "ledger.bank", "[fd00:10:244::7]:7070")]
    [TestCase("[FD00:10:244:0::7]:7070", "ledger.bank", "[fd00:10:244::7]:7070")]
    public void The_address_of_a_pod_means_this_instance(string authority, string service, string instance) =>
        Assert.That(Find(authority), Is.EqualTo(new NamedService(service, Address(instance))));

    [TestCase("db-0.db.shop", "10.244.3.1:5432")]
    [TestCase("db-1.db.shop.svc:5432", "10.244.3.2:5432")]
    [TestCase("DB-1.db.shop.svc.cluster.local", "10.244.3.2:5432")]
    public void The_host_name_of_a_pod_means_this_instance(string authority, string instance) =>
        Assert.That(Find(authority), Is.EqualTo(new NamedService("db.shop", Address(instance))));

    [Test]
    public void A_short_name_is_looked_up_in_the_namespace_of_the_caller()
    {
        Assert.That(Names.TryFind("ledger", "bank", Entry, out var ledger), Is.True);
        Assert.That(ledger.Service, Is.EqualTo("ledger.bank"));
        Assert.That(Names.TryFind("api", "bank", Entry, out var api), Is.True);
        Assert.That(api.Service, Is.EqualTo("api.bank"));
        Assert.That(Names.TryFind("api", new string('n', 300), Entry, out _), Is.False);
    }

    [TestCase("web.shop", "shop")]
    [TestCase("web.shop:9090", "shop")]
    [TestCase("web", "")]
    [TestCase("", "")]
    public void The_name_of_a_caller_tells_its_namespace(string service, string space) =>
        Assert.That(ServiceNames.NamespaceOf(service).ToString(), Is.EqualTo(space));

    [Test]
    public void A_catalog_with_plain_names_has_none() => Assert.That(ServiceNames.Of(new ServiceCatalog([], [])), Is.Null);

    [TestCase("api")]
    [TestCase("API.shop.svc.cluster.local:9090")]
    [TestCase("[fd00:10:96::10]:80")]
    [TestCase("10.244.1.11:8080")]
    [TestCase("db-0.db.shop.svc")]
    public void A_known_name_costs_no_allocation(string authority)
    {
        Assert.That(Names.TryFind(authority, [], Entry, out _), Is.True);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            _ = Names.TryFind(authority, [], Entry, out _);
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(1000));
    }

    private static NamedService Find(string authority)
    {
        Assert.That(Names.TryFind(authority, [], Entry, out var named), Is.True, authority);
        return named;
    }

    private static HostPort Address(string text) =>
        HostPort.TryParse(text, out var address) ? address : throw new ArgumentException(text, nameof(text));

    private static DiscoveredService Service(
        string name, int port, string[] addresses, params (string Pod, string Address, int Port)[] instances) => new(
        name,
        [
            .. instances.Select(instance => new DiscoveredInstance(instance.Pod, "", new HostPort(instance.Address, instance.Port), true)
            {
                Hostname = instance.Pod.StartsWith("db-", StringComparison.Ordinal) ? instance.Pod : null,
            }),
        ])
    {
        Frontend = new ServiceFrontend(port, [.. addresses]),
    };
}
