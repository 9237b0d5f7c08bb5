using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using GatewayMesh.Admin.Http;
using GatewayMesh.Admin.Views;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Events;
using GatewayMesh.Nodes;

namespace GatewayMesh.Tests.Admin.Views;

/// <summary><c>/explain</c> at an ingress describes a request of a client outside the mesh.</summary>
internal sealed class ExplainAtIngressTests
{
    private const string Entries = """
        kind: proxy-defaults
        name: global
        config: { protocol: http }
        ---
        kind: service
        name: shop
        instances: [ { id: a, address: 127.0.0.1, port: 1 } ]
        ---
        kind: service
        name: admin
        instances: [ { id: b, address: 127.0.0.1, port: 2 } ]
        ---
        kind: service-policy
        name: shop
        flags: [ { flag: next, timeouts: { request: 3s } } ]
        ---
        kind: feature-flag
        name: next
        enabled: true
        conditions: { client_filters: [ { name: Microsoft.Targeting, parameters: { Audience: { Users: [ alice ] } } } ] }
        ---
        kind: service-router
        name: shop
        routes:
          - { match: { http: { header: [ { name: x-forwarded-proto, exact: https } ] } }, destination: { service: admin } }
          - { match: { http: { pathPrefix: /admin } }, destination: { service: admin } }
        ---
        kind: ingress-gateway
        name: gatewaymesh-ingress
        listeners:
          - { port: 8080, protocol: http, services: [ { name: shop, hosts: [ "*" ] } ] }
          - { port: 8081, protocol: http, services: [ { name: shop, hosts: [ "*" ] } ] }
        """;

    private string _folder = "";
    private Socket _listener = null!;
    private AdminServer _server = null!;
    private MeshNode _node = null!;
    private EventLog _events = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _folder = Directory.CreateTempSubdirectory("gatewaymesh-").FullName;
        Directory.CreateDirectory(Path.Combine(_folder, "registry"));
        await File.WriteAllTextAsync(Path.Combine(_folder, "registry", "entries.yaml"), Entries);
        var bootstrap = new BootstrapSpec
        {
            Role = MeshRole.Ingress,
            Identity = IdentityMode.Plaintext,
            Node = "edge-1",
            DataDir = Path.Combine(_folder, "data"),
            Registry = new RegistrySpec("file", Path.Combine(_folder, "registry")),
            Ingress = new IngressSpec
            {
                Listeners =
                [
                    new IngressListenerSpec(new IPEndPoint(IPAddress.Loopback, 8080)),
                    new IngressListenerSpec(new IPEndPoint(IPAddress.Loopback, 8081)) { Paths = PathSpelling.Reject },
                ],
            },
        };
        _events = new EventLog("edge-1", "ingress", Stream.Null);
        _node = new MeshNode(bootstrap, ImmutableSortedDictionary<string, int>.Empty, _events, null, TimeProvider.System);
        await _node.StartAsync();
        await _node.Configuration.Answered;
        Assert.That(() => _node.Plane.Inspection.Snapshot.Ingress, Is.Not.Empty.After(10_000, 5), "the configuration is in use");
        _listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        _server = new AdminServer(_listener, NodeAdmin.Shown(_node));
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        _server.Dispose();
        _listener.Dispose();
        await _node.DisposeAsync();
        _events.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Test]
    public void A_users_name_that_a_client_sends_turns_no_flag_on()
    {
        using var json = Explain("http://shop.example/&header=x-user:alice");
        var flag = json.RootElement.GetProperty("flags")[0];

        Assert.That((flag.GetProperty("on").GetBoolean(), flag.TryGetProperty("user", out _)), Is.EqualTo((false, false)));
        Assert.That(json.RootElement.GetProperty("policy").GetProperty("requestTimeoutMs").GetDouble(), Is.EqualTo(15_000));
    }

    [TestCase("http://shop.example/&header=x-forwarded-proto:https", "shop", "/")]
    [TestCase("http://shop.example/%2561dmin", "admin", "/admin", Description = "the normal form of /%61dmin")]
    [TestCase("http://shop.example:8080/x/../admin", "admin", "/admin")]
    public void Fields_and_paths_are_those_that_the_ingress_decides_by(string url, string destination, string path)
    {
        using var json = Explain(url);

        Assert.That(
            (json.RootElement.GetProperty("destination").GetString(), json.RootElement.GetProperty("path").GetString()),
            Is.EqualTo((destination, path)));
    }

    [TestCase("http://shop.example:8081/%2561dmin")]
    [TestCase("http://shop.example/a%252fb")]
    public void A_path_that_the_listener_refuses_is_explained_as_refused(string url)
    {
        using var json = Explain(url);

        Assert.That(json.RootElement.GetProperty("reason").GetString(), Is.EqualTo("request_malformed"));
    }

    private JsonDocument Explain(string url) =>
        JsonDocument.Parse(AdminClient.Send(_listener.LocalEndPoint!, "GET", $"/explain?method=GET&url={url}").Text);
}
