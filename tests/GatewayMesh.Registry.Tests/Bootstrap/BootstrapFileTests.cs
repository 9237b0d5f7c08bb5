using System.Collections.Immutable;
using System.Net;
using System.Text;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Registry.Bootstrap;

namespace GatewayMesh.Registry.Tests.Bootstrap;

internal sealed class BootstrapFileTests
{
    private const string Sidecar = """
        role: sidecar
        registry: file:registry
        sidecar:
          services:
            - { name: web, port: 8080, outbound: 127.0.0.1:15001 }
        """;

    private static readonly BootstrapOptions WithoutConsul = BootstrapOptions.None with { UsesLocalConsul = _ => false };

    private static readonly IReadOnlyDictionary<string, string> NoVariables = ImmutableDictionary<string, string>.Empty;

    [TestCase("web.eu.example", "web.eu.example")]
    [TestCase("host_a", "host_a")]
    [TestCase("-odd-", "odd")]
    [TestCase("!", "localhost")]
    public void The_default_node_name_is_the_full_host_name(string host, string node) =>
        Assert.That(BootstrapFile.HostName(host), Is.EqualTo(node));

    [Test]
    public void The_default_data_directory_differs_by_role_and_node()
    {
        var one = Good("role: gateway\nnode: gw-1\nregistry: file:/r\n").DataDir;
        var other = Good("role: gateway\nnode: gw-2\nregistry: file:/r\n").DataDir;

        Assert.That(new[] { one, other }, Is.EqualTo(new[] { "/var/lib/gatewaymesh/gateway-gw-1", "/var/lib/gatewaymesh/gateway-gw-2" }));
    }

    [Test]
    public void Unset_keys_have_their_documented_defaults()
    {
        var spec = Good(Sidecar);

        Assert.That(spec.Cluster, Is.Null, "the name comes from the registry");
        Assert.That(spec.DataDir, Is.EqualTo($"/var/lib/gatewaymesh/sidecar-{spec.Node}"));
        Assert.That(spec.Admin, Is.EqualTo(IPEndPoint.Parse("127.0.0.1:15000")));
        Assert.That(spec.Guarded, Is.True);
        Assert.That(spec.GatewayShare, Is.EqualTo(0.005));
        Assert.That(spec.Limits, Is.EqualTo(new LimitsSpec()));
        Assert.That(spec.Sidecar!.Guard, Is.EqualTo(new GuardSpec()));
        Assert.That(spec.Sidecar.Services[0].Id, Is.EqualTo($"web-{spec.Node}"));
        Assert.That(spec.Gateway, Is.Null);
    }

    [Test]
    public void Every_key_is_bound_to_the_spec()
    {
        var file = Path.Combine(TestContext.CurrentContext.TestDirectory, "Cases", "Bootstrap", "valid-sidecar.yaml");
        var spec = BootstrapFile.Load(file, BootstrapOptions.None, NoVariables, out _)!;

        var web = spec.Sidecar!.Services[0];
        Assert.That(spec.Node, Is.EqualTo("host-a"));
        Assert.That(spec.Sidecar.Address, Is.EqualTo("10.0.0.5"));
        Assert.That(web.Inbound, Is.EqualTo(IPEndPoint.Parse("0.0.0.0:20001")));
        Assert.That(web.Upstreams.Single(), Is.EqualTo(new UpstreamSpec("payments", IPEndPoint.Parse("127.0.0.1:5001"))));
        Assert.That(web.Health, Is.EqualTo(new HealthSpec { Http = "/healthz" }));
        Assert.That(spec.Sidecar.Services[1].Health, Is.EqualTo(new HealthSpec()));
        Assert.That(web.Meta["version"], Is.EqualTo("v1"));
        Assert.That(web.Tags, Is.EqualTo(new[] { "edge" }));
        Assert.That(spec.File, Is.EqualTo(file));
    }

    [Test]
    public void Folders_of_a_file_are_relative_to_the_file_and_those_of_options_to_the_working_directory()
    {
        var file = Path.Combine(Path.GetTempPath(), "mesh", "a.yaml");
        var spec = BootstrapFile.FromBytes(
            Encoding.UTF8.GetBytes(Sidecar), file, BootstrapOptions.None with { DataDir = "here" }, NoVariables, out _)!;

        Assert.That(spec.Registry, Is.EqualTo(new RegistrySpec("file", Path.Combine(Path.GetTempPath(), "mesh", "registry"))));
        Assert.That(spec.DataDir, Is.EqualTo(Path.GetFullPath("here")));
    }

    [Test]
    public void Reach_lists_special_ranges_by_file_option_and_variable()
    {
        Assert.That(Good(Sidecar).Reach, Is.Empty);
        Assert.That(
            Good("reach: [ 127.0.0.0/8, 169.254.1.1, 'fe80::/10' ]\n" + Sidecar).Reach.Select(range => range.ToString()),
            Is.EqualTo(new[] { "127.0.0.0/8", "169.254.1.1/32", "fe80::/10" }));
        Assert.That(Good(Sidecar, BootstrapOptions.None with { Set = ["reach=[127.0.0.0/8]"] }).Reach, Has.Length.EqualTo(1));
        Assert.That(Good("reach: [ 0.0.0.0/0 ]\n" + Sidecar).Reach, Has.Length.EqualTo(1), "the range contains loopback");
    }

    [
        TestCase(
            "10.0.0.0/8",
            "'10.0.0.0/8' contains no loopback, link-local, unspecified or multicast address; remove the range; reach permits only "
                + "special ranges such as 127.0.0.0/8, all others are permitted already")]
    [TestCase("127.0.0.1/8", "'127.0.0.1/8' has bits set beyond its length; use 127.0.0.0/8")]
    [TestCase("loopback", "'loopback' is not a network; use a network such as 10.0.0.0/8")]
    [TestCase("127.1", "'127.1' is not a network; use a network such as 10.0.0.0/8")]
    public void An_invalid_range_of_reach_is_reported_with_file_line_and_key(string range, string expected)
    {
        var errors = Bad($"node: a\nreach:\n  - 127.0.0.0/8\n  - {range}\n" + Sidecar);

        Assert.That(errors.Single(), Does.Match(@"^\S+:4:5: reach\[1\]: ").And.EndsWith(expected));
    }

    [Test]
    public void Variables_win_over_the_file_with_keys_in_any_case()
    {
        var spec = Good(Sidecar, variables: new()
        {
            ["GATEWAYMESH_SIDECAR__SERVICES__0__PORT"] = "9090",
            ["GATEWAYMESH_SIDECAR__SERVICES__0__GATEWAYGROUP"] = "edge",
            ["GATEWAYMESH_GATEWAYSHARE"] = "1%",
            ["GATEWAYMESH_LIMITS__MAXCONNECTIONS"] = "7",
            ["GATEWAYMESH_SIDECAR__SERVICES__0__META__VERSION"] = "v2",
            ["GATEWAYMESH_CLUSTER"] = "",
        });

        Assert.That(spec.Sidecar!.Services[0], Has.Property("Port").EqualTo(9090).And.Property("GatewayGroup").EqualTo("edge"));
        Assert.That(spec.Sidecar.Services[0].Meta["version"], Is.EqualTo("v2"));
        Assert.That(spec.GatewayShare, Is.EqualTo(0.01));
        Assert.That(spec.Limits.MaxConnections, Is.EqualTo(7));
        Assert.That(spec.Cluster, Is.Null, "the name comes from the registry");
    }

    [Test]
    public void Everything_can_come_from_variables_alone()
    {
        var variables = new Dictionary<string, string>
        {
            ["GATEWAYMESH_ROLE"] = "sidecar",
            ["GATEWAYMESH_REGISTRY"] = "file:/registry",
            ["GATEWAYMESH_SIDECAR__SERVICES__10__NAME"] = "too-late-to-be-second",
            ["GATEWAYMESH_SIDECAR__SERVICES__0__NAME"] = "web",
            ["GATEWAYMESH_SIDECAR__SERVICES__0__PORT"] = "8080",
            ["GATEWAYMESH_SIDECAR__SERVICES__0__OUTBOUND"] = "127.0.0.1:15001",
        };
        var spec = BootstrapFile.Load(null, BootstrapOptions.None, variables, out var errors);
        Assert.That(spec, Is.Null);
        Assert.That(
            errors.Single().ToString(),
            Is.EqualTo("env GATEWAYMESH_SIDECAR__SERVICES__10__NAME: SIDECAR.SERVICES.10: the list has 1 items; use an index from 0 to 1"));

        _ = variables.Remove("GATEWAYMESH_SIDECAR__SERVICES__10__NAME");

        Assert.That(BootstrapFile.Load(null, BootstrapOptions.None, variables, out _)!.Sidecar!.Services.Single().Name, Is.EqualTo("web"));
    }

    [Test]
    public void Options_win_over_settings_over_variables_over_the_file()
    {
        var options = BootstrapOptions.None with { Set = ["cluster=set", "node=set"], Node = "option" };
        var spec = Good(
            "node: file\ncluster: file\ndrainDelay: 1s\n" + Sidecar,
            options,
            new() { ["GATEWAYMESH_NODE"] = "variable", ["GATEWAYMESH_CLUSTER"] = "variable", ["GATEWAYMESH_DRAINDELAY"] = "3s" });

        Assert.That((spec.Node, spec.Cluster, spec.DrainDelay), Is.EqualTo(("option", "set", TimeSpan.FromSeconds(3))));
    }

    [TestCase("sidecar.services[0].port=9090")]
    [TestCase("sidecar.services.0.port=9090")]
    public void A_setting_reaches_into_a_list(string setting) =>
        Assert.That(Good(Sidecar, BootstrapOptions.None with { Set = [setting] }).Sidecar!.Services[0].Port, Is.EqualTo(9090));

    [Test]
    public void A_setting_can_append_to_a_list_and_can_be_a_mapping()
    {
        var spec = Good(
            Sidecar,
            BootstrapOptions.None with
            {
                Set = ["sidecar.services[1]={ name: api, port: 8081, inbound: '0.0.0.0:20001' }", "sidecar.services[0].tags=[a, b]"],
            });

        Assert.That(spec.Sidecar!.Services[1].Name, Is.EqualTo("api"));
        Assert.That(spec.Sidecar.Services[0].Tags, Is.EqualTo(new[] { "a", "b" }));
    }

    [Test]
    public void Public_listeners_have_their_own_default_limits()
    {
        var ingress = Good("role: ingress\nregistry: file:r\ningress: { listeners: [ { port: 8080 } ] }");
        var few = Good("role: ingress\nregistry: file:r\ningress: { listeners: [ { port: 8080 } ] }\nlimits: { maxConnections: 50 }");
        var off = Good(
            "role: ingress\nregistry: file:r\ningress: { listeners: [ { port: 8080 } ] }\nlimits: { maxConnectionsPerAddress: none, "
                + "minRequestBodyDataRate: none, http2FrameBudget: none }");

        Assert.That(
            (ingress.Limits.MaxConnectionsPerAddress, ingress.Limits.MinRequestBodyDataRate),
            Is.EqualTo((2000, 240L)),
            "a tenth of all connections");
        Assert.That(ingress.Limits.RequestBodyGrace, Is.EqualTo(TimeSpan.FromSeconds(5)));
        Assert.That(few.Limits.MaxConnectionsPerAddress, Is.EqualTo(5));
        Assert.That(
            (off.Limits.MaxConnectionsPerAddress, off.Limits.MinRequestBodyDataRate, off.Limits.Http2FrameBudget),
            Is.EqualTo(((int?)null, (long?)null, (int?)null)));
        Assert.That(
            (Good(Sidecar).Limits.MaxConnectionsPerAddress, Good(Sidecar).Limits.MinRequestBodyDataRate),
            Is.EqualTo(((int?)null, (long?)null)));
    }

    [Test]
    public void Limits_of_headers_and_logs_are_configurable()
    {
        var spec = Good(Sidecar + """

            limits: { maxRequestLineSize: 16KiB, maxRequestHeaderCount: 200, minRequestBodyDataRate: 1KiB, requestBodyGrace: 10s, http2FrameBudget: 500 }
            logs: { maxEventsPerSecond: 7, accessLog: { maxLinesPerSecond: none } }
            """);

        Assert.That((spec.Limits.MaxRequestLineSize, spec.Limits.MaxRequestHeaderCount), Is.EqualTo((16 * 1024, 200)));
        Assert.That(
            (spec.Limits.MinRequestBodyDataRate, spec.Limits.RequestBodyGrace, spec.Limits.Http2FrameBudget),
            Is.EqualTo((1024L, TimeSpan.FromSeconds(10), 500)));
        Assert.That((spec.Logs.MaxEventsPerSecond, spec.Logs.AccessLog.MaxLinesPerSecond), Is.EqualTo((7, (int?)null)));
        Assert.That((Good(Sidecar).Logs.MaxEventsPerSecond, Good(Sidecar).Logs.AccessLog.MaxLinesPerSecond), Is.EqualTo((100, 1000)));
        Assert.That(Bad(Sidecar + "\nlimits: { maxRequestLineSize: 1MiB }\nlogs: { accessLog: { maxLines: 1 } }"), Has.Length.EqualTo(2));
    }

    [Test]
    public void An_error_names_the_option_or_variable_with_the_value()
    {
        var options = BootstrapOptions.None with { Set = ["sidecar.services[0].port=x", "nonsense", "sidcar.x=1"], Admin = "here" };
        var errors = Bad(Sidecar, options, new() { ["GATEWAYMESH_DRAINDELAY"] = "2" });

        Assert.That(errors, Is.EqualTo(new[]
        {
            "--admin: admin: 'here' is not an address and a port; use an address and a port such as 127.0.0.1:15001",
            "--set nonsense: 'nonsense' is not path=value; write for example --set sidecar.services[0].port=8080",
            "--set sidcar.x: sidcar: is not a known key; did you mean sidecar?",
            "--set sidecar.services[0].port: sidecar.services[0].port: 'x' is not a port; use a port from 1 to 65535",
            "env GATEWAYMESH_DRAINDELAY: drainDelay: '2' is not a duration; add a unit, such as 2s or 2ms",
        }));
    }

    [TestCase("GATEWAYMESH_GATEWAY_PORT_15443_TCP_ADDR", "10.0.0.1")]
    [TestCase("GATEWAYMESH__CHANNEL", "3")]
    [TestCase("GATEWAYMESH_", "x")]
    public void Foreign_variables_are_ignored(string name, string value) =>
        Assert.That(Good(Sidecar, variables: new() { [name] = value }), Is.Not.Null);

    [Test]
    public void A_misspelled_variable_is_an_error() =>
        Assert.That(Bad(Sidecar, variables: new() { ["GATEWAYMESH_DRAINDELY"] = "2s" }).Single(), Does.Contain("did you mean drainDelay?"));

    [Test]
    public void No_guard_is_a_flag() =>
        Assert.That(Good(Sidecar, BootstrapOptions.None with { NoGuard = true }).Guarded, Is.False);

    [Test]
    public void The_error_of_a_missing_registry_names_the_fix() =>
        Assert.That(Bad("role: gateway", WithoutConsul).Single(), Is.EqualTo(
            "f.yaml:1:1: registry: no registry is named, and no Consul agent answers on 127.0.0.1:8500; "
            + "set registry: consul://HOST:PORT for a Consul agent, kubernetes:// in a pod, kubernetes://KUBECONFIG elsewhere, or file:DIR for a folder shared by the nodes of the mesh (or "
                + "--registry URI)"));

    [Test]
    public void The_default_registry_is_the_agent_of_this_host()
    {
        var registry = Good(
            "role: gateway\ndataDir: /data", BootstrapOptions.None with { UsesLocalConsul = dataDir => dataDir == "/data" }).Registry!;
        Assert.That((registry.Kind, registry.Target, registry.IsDefault), Is.EqualTo(("consul", "127.0.0.1:8500", true)));
    }

    [TestCase("consul://127.0.0.1:8500", "http://127.0.0.1:8500/")]
    [TestCase("consul://127.0.0.1:8500,10.0.0.2:8500", "http://127.0.0.1:8500/ http://10.0.0.2:8500/")]
    [TestCase("consul://localhost/", "http://localhost:8500/")]
    [TestCase("consul://[::1]:1,[::2]", "http://[::1]:1/ http://[::2]:8500/")]
    [TestCase("consul+https://consul.example.com", "https://consul.example.com:8501/")]
    public void A_consul_registry_can_have_several_agents(string uri, string agents)
    {
        var registry = Good($"role: gateway\nregistry: '{uri}'").Registry!;
        Assert.That((registry.Kind, string.Join(' ', registry.Agents)), Is.EqualTo(("consul", agents)));
    }

    [TestCase("sidecar")]
    [TestCase("gateway")]
    public void The_names_of_gateway_and_ingress_are_known_to_all_roles(string role)
    {
        var sidecar = role == "sidecar" ? "sidecar: { services: [ { name: web, port: 8080, outbound: '127.0.0.1:15001' } ] }" : "";
        var spec = Good(
            $"role: {role}\nregistry: consul://a\ngateway: {{ service: our-gateway }}\ningress: {{ service: our-edge }}\n{sidecar}");
        var plain = Good($"role: {role}\nregistry: consul://a\n{sidecar}");

        Assert.That((spec.GatewayService, spec.IngressService), Is.EqualTo(("our-gateway", "our-edge")));
        Assert.That((plain.GatewayService, plain.IngressService), Is.EqualTo(("gatewaymesh-gateway", "gatewaymesh-ingress")));
    }

    [Test]
    public void Token_and_tls_of_the_registry_are_bound_and_the_token_is_never_printed()
    {
        var registry = Good("""
            role: gateway
            registry: consul+https://10.0.0.2
            registryToken: secret
            registryTls: { ca: /ca.pem, cert: /cert.pem, key: /key.pem }
            """).Registry!;
        Assert.That(registry.Token, Is.EqualTo("secret"));
        Assert.That(registry.Tls, Is.EqualTo(new RegistryTlsSpec("/ca.pem", "/cert.pem", "/key.pem")));
        Assert.That(registry.ToString(), Does.Not.Contain("secret"));
        Assert.That(Good("role: gateway\nregistry: consul://a\nregistryTokenFile: /token").Registry!.TokenFile, Is.EqualTo("/token"));
    }

    [Test]
    public void A_registry_can_be_required()
    {
        Assert.That(Good(Sidecar).RegistryRequired, Is.False);
        Assert.That(Good(Sidecar, BootstrapOptions.None with { RequireRegistry = true }).RegistryRequired, Is.True);
    }

    [Test]
    public void A_missing_file_is_an_error()
    {
        Assert.That(BootstrapFile.Load("/nowhere/a.yaml", BootstrapOptions.None, NoVariables, out var errors), Is.Null);
        Assert.That(errors.Single().ToString(), Is.EqualTo("/nowhere/a.yaml: the file does not exist; check the path and its permissions"));
    }

    [Test]
    public void A_file_that_is_not_yaml_gives_a_single_error() =>
        Assert.That(Bad("role: [\n"), Has.Length.EqualTo(1));

    [Test]
    public void An_invalid_section_is_not_also_reported_as_missing() =>
        Assert.That(Bad("role: sidecar\nregistry: file:r\nsidecar: { services: [ { nme: web } ] }"), Has.None.Contains("without services"));

    private static BootstrapSpec Good(string yaml, BootstrapOptions? options = null, Dictionary<string, string>? variables = null)
    {
        var spec = BootstrapFile.FromBytes(
            Encoding.UTF8.GetBytes(yaml), "f.yaml", options ?? BootstrapOptions.None, variables ?? NoVariables, out var errors);
        Assert.That(errors, Is.Empty);
        return spec!;
    }

    private static string[] Bad(string yaml, BootstrapOptions? options = null, Dictionary<string, string>? variables = null)
    {
        var spec = BootstrapFile.FromBytes(
            Encoding.UTF8.GetBytes(yaml), "f.yaml", options ?? BootstrapOptions.None, variables ?? NoVariables, out var errors);
        Assert.That(spec, Is.Null);
        return [.. errors.Select(error => error.ToString())];
    }
}
