using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using GatewayMesh.Admin.Http;
using GatewayMesh.Admin.Views;
using GatewayMesh.Commands;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Events;
using GatewayMesh.Nodes;

namespace GatewayMesh.Tests.Commands.Intention;

/// <summary><c>intention check</c> and <c>explain</c> against a running node.</summary>
internal sealed class AskingTests
{
    private const string Entries = """
        kind: service-intentions
        name: payments
        sources:
          - { name: web, permissions: [ { action: allow, http: { pathPrefix: /v1, methods: [ GET ], header: [ { name: x-team, exact: blue } ] } } ] }
          - { name: api, action: allow, description: invoices }
        ---
        kind: service-intentions
        name: "*"
        sources: [ { name: "*", action: deny } ]
        ---
        kind: service
        name: payments
        instances: [ { id: a, address: 127.0.0.1, port: 1 }, { id: b, address: 127.0.0.1, port: 2, healthy: false } ]
        ---
        kind: service-policy
        name: payments
        retries: { maxAttempts: 2 }
        ---
        kind: proxy-defaults
        name: global
        config: { protocol: http }
        ---
        kind: service-router
        name: shop
        routes:
          - { match: { http: { header: [ { name: x-debug, exact: "1" } ] } }, destination: { service: payments } }
          - { match: { http: { pathPrefix: /v2/, methods: [ GET ] } }, destination: { service: payments, prefixRewrite: /v1/, requestTimeout: 7s } }
        ---
        kind: service-splitter
        name: shop
        splits: [ { weight: 99.99, service: payments }, { weight: 0.01, service: spare } ]
        ---
        kind: service-resolver
        name: spare
        failover: { "*": { service: payments } }
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
            Role = MeshRole.Sidecar,
            Identity = IdentityMode.Plaintext,
            Node = "host-a",
            DataDir = Path.Combine(_folder, "data"),
            Registry = new RegistrySpec("file", Path.Combine(_folder, "registry")),
            Sidecar = new SidecarSpec
            {
                Services = [new LocalServiceSpec { Name = "web", Id = "web-1", Port = 8080, GatewayGroup = "blue" }],
            },
        };
        _events = new EventLog("host-a", "worker", Stream.Null);
        _node = new MeshNode(bootstrap, ImmutableSortedDictionary<string, int>.Empty, _events, null, TimeProvider.System);
        await _node.StartAsync();
        await _node.Configuration.Answered;
        Assert.That(() => _node.Plane.Inspection.Snapshot.Intentions.IsKnown, Is.True.After(10_000, 5), "the configuration is in use");
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

    [TestCase(0, "api → payments: allowed by the intention api → payments (precedence 9)", "api", "payments")]
    [TestCase(1, "other → payments: denied by the intention * → * (precedence 5)", "other", "payments")]
    [
        TestCase(
            1,
            "web → payments: denied by the default policy (deny): no permission of the intention web → payments (precedence 9) matches "
                + "the request",
            "web",
            "payments",
            "--path",
            "/v1/x")]
    [
        TestCase(
            0,
            "web → payments: allowed by permission 0 of the intention web → payments (precedence 9)",
            "web",
            "payments",
            "--path",
            "/v1/x",
            "--header",
            "X-Team: blue",
            "--header",
            "x-other:1")]
    [TestCase(1, "web → payments: denied by", "web", "payments", "--path", "/v1/x", "--header", "x-team:blue", "--method", "POST")]
    [TestCase(1, "web → payments: denied by", "web", "payments", "--path", "/v1/../v2", "--header", "x-team:blue")]
    public void Intention_check_names_the_deciding_intention_and_sets_the_exit_code(int exit, string line, params string[] arguments)
    {
        var (code, output) = Run(["intention", "check", .. arguments]);

        Assert.That(code, Is.EqualTo(exit));
        Assert.That(output, Does.StartWith(line));
        Assert.That(output, Does.Contain("not enforced here: identity is plaintext"));
    }

    [Test]
    public void A_description_is_shown() =>
        Assert.That(Run(["intention", "check", "api", "payments"]).Output, Does.Contain("description: invoices"));

    [Test]
    public void Intention_check_prints_JSON()
    {
        var (code, output) = Run(["intention", "check", "web", "payments", "--path", "/v1/a", "--header", "x-team:blue", "--json"]);

        using var json = JsonDocument.Parse(output);
        Assert.That(code, Is.Zero);
        Assert.That(json.RootElement.GetProperty("cause").GetString(), Is.EqualTo("permission"));
        Assert.That(json.RootElement.GetProperty("permission").GetInt32(), Is.Zero);
        Assert.That(json.RootElement.GetProperty("intention").GetProperty("precedence").GetInt32(), Is.EqualTo(9));
        Assert.That(json.RootElement.GetProperty("default").GetString(), Is.EqualTo("deny"));
    }

    [Test]
    public void Explain_prints_service_instances_gateways_policy_and_intention()
    {
        var (code, output) = Run(["explain", "GET", "http://payments/v1/x?a=b", "--header", "x-team:blue"]);

        Assert.That(code, Is.Zero);
        Assert.That(output, Does.Contain("GET /v1/x?a=b at payments, from web"));
        Assert.That(output, Does.Contain("service    payments, protocol http, configuration "));
        Assert.That(
            output,
            Does.Contain("2, of which 1 healthy")
                .And.Contain("b at 127.0.0.1:2 (no sidecar: cleartext): unhealthy, 0 in flight")
                .And.Contain("is cleartext\n"));
        Assert.That(output, Does.Contain("group blue: none; 0.5 % of requests"));
        Assert.That(output, Does.Contain("at most 2 over all layers"));
        Assert.That(output, Does.Contain("web → payments: allowed by permission 0 of the intention web → payments (precedence 9)"));
    }

    [Test]
    public void Explain_shows_the_matching_rule_and_why_earlier_rules_did_not_match()
    {
        var (code, output) = Run(["explain", "GET", "http://shop/v2/x?q", "--header", "x-team:blue"]);

        Assert.That(code, Is.Zero, output);
        Assert.That(output, Does.Contain("service    shop, protocol http"));
        Assert.That(
            output,
            Does.Match(
                "route +shop\\.default\\[0\\] header x-debug is 1: does not match\n +shop\\.default\\[1\\] path begins with /v2/, method "
                    + "is GET: matches\n"));
        Assert.That(output, Does.Contain("the path becomes /v1/x?q"));
        Assert.That(output, Does.Match("target +payments\\.default\\.[^ ]+: healthy, chosen"));
        Assert.That(output, Does.Contain("7000 ms for the request"));
        Assert.That(output, Does.Contain("0 of 1024 requests in flight"));
        Assert.That(output, Does.Contain("web → payments: allowed by permission 0"), "for the target, and for the path that it gets");
    }

    [Test]
    public void Explain_shows_the_failed_condition_of_a_rule() =>
        Assert.That(
            Run(["explain", "POST", "http://shop/v2/x"]).Output,
            Does.Contain("shop.default[1] path begins with /v2/, method is GET: does not match: method is GET does not hold"));

    [Test]
    public void Explain_shows_all_shares_of_a_split()
    {
        var (_, output) = Run(["explain", "GET", "http://shop/"]);
        Assert.That(output, Does.Contain("shop.default[2] "));
        Assert.That(
            output,
            Does.Match("split +shop\\.default: 99.99 % to payments\\.[^ ]+( \\*)?, 0.01 % to spare\\.[^ ]+( \\*)? \\(example sample\\)"));
    }

    [Test]
    public void Explain_shows_failover()
    {
        var (code, output) = Run(["explain", "GET", "http://spare/"]);
        Assert.That(code, Is.Zero, output);
        Assert.That(
            output, Does.Match("target +spare\\.default\\.[^ ]+: no instance\n +failover +payments\\.default\\.[^ ]+: healthy, chosen"));
    }

    [Test]
    public void Explain_shows_the_remaining_retry_budget()
    {
        using var json = JsonDocument.Parse(Run(["explain", "GET", "http://payments/", "--json"]).Output);
        var budget = json.RootElement.GetProperty("retryBudget");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                Run(["explain", "GET", "http://payments/"]).Output,
                Does.Contain("budget     100 of 100 retries left in this ten-second window, 100 of 100 over all services\n"));
            Assert.That(budget.GetProperty("left").GetInt64(), Is.EqualTo(100));
            Assert.That(budget.GetProperty("hedgeAfterMs").ValueKind, Is.EqualTo(JsonValueKind.Null));
        }
    }

    [Test]
    public void Explain_prints_JSON_output()
    {
        using var json = JsonDocument.Parse(Run(["explain", "GET", "http://shop/v2/x", "--json"]).Output);
        var root = json.RootElement;
        Assert.That(
            (root.GetProperty("service").GetString(), root.GetProperty("destination").GetString(), root.GetProperty("reason").GetString()),
            Is.EqualTo(("shop", "payments", "")));
        Assert.That(root.GetProperty("route").GetProperty("name").GetString(), Is.EqualTo("shop.default[1]"));
        Assert.That(root.GetProperty("route").GetProperty("rewritten").GetString(), Is.EqualTo("/v1/x"));
        Assert.That(
            root.GetProperty("route").GetProperty("rules").EnumerateArray().Select(rule => rule.GetProperty("matches").GetBoolean()),
            Is.EqualTo(new[] { false, true }));
        Assert.That(root.GetProperty("instances").GetArrayLength(), Is.EqualTo(2));
        Assert.That(
            root.GetProperty("policy").GetProperty("all").GetProperty("timeouts").GetProperty("request").GetString(), Is.EqualTo("7s"));
        Assert.That(root.GetProperty("limits").GetProperty("maxRequests").GetInt32(), Is.EqualTo(1024));
        using var unknown = JsonDocument.Parse(Run(["explain", "GET", "http://nobody/", "--json"]).Output);
        Assert.That(unknown.RootElement.GetProperty("reason").GetString(), Is.EqualTo("destination_not_found"));
    }

    [Test]
    public void Explain_accepts_another_caller()
    {
        using var json = JsonDocument.Parse(Run(["explain", "POST", "http://payments.mesh/", "--from", "other", "--json"]).Output);

        Assert.That(json.RootElement.GetProperty("from").GetString(), Is.EqualTo("other"));
        Assert.That(json.RootElement.GetProperty("intention").GetProperty("allowed").GetBoolean(), Is.False);
        Assert.That(json.RootElement.GetProperty("policy").GetProperty("maxAttempts").GetInt32(), Is.EqualTo(2));
    }

    [Test]
    public void An_unknown_service_is_explained_and_exits_with_1()
    {
        var (code, output) = Run(["explain", "GET", "http://nobody/"]);

        Assert.That(code, Is.EqualTo(1));
        Assert.That(output, Does.Contain("unknown to the mesh: 404"));
    }

    [Test]
    public void The_configuration_shows_the_intentions_in_use()
    {
        using var json = JsonDocument.Parse(AdminClient.Send(_listener.LocalEndPoint!, "GET", "/config").Text);

        Assert.That(
            json.RootElement.GetProperty("intentions").GetProperty("rules").EnumerateArray().Select(rule => rule.GetString()),
            Is.EqualTo(new[]
        {
            "api → payments (precedence 9): allow", "web → payments (precedence 9): 1 permissions", "* → * (precedence 5): deny",
        }));
    }

    [TestCase("/intentions/check?source=web")]
    [TestCase("/explain?url=payments")]
    public void Incomplete_query_is_400(string path) =>
        Assert.That(AdminClient.Send(_listener.LocalEndPoint!, "GET", path).Status, Is.EqualTo(400));

    private (int Code, string Output) Run(string[] arguments)
    {
        var output = new StringWriter();
        var port = ((IPEndPoint)_listener.LocalEndPoint!).Port.ToString(CultureInfo.InvariantCulture);
        return (CommandTree.Run([.. arguments, "--admin", $"127.0.0.1:{port}"], output, TextWriter.Null), output.ToString());
    }
}
