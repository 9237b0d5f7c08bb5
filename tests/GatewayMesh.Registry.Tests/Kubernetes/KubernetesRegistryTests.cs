using System.Text.Json.Nodes;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Fixtures;
using GatewayMesh.Fixtures.Kubernetes;
using GatewayMesh.Registry.Bootstrap;
using GatewayMesh.Registry.Kubernetes;
using GatewayMesh.Registry.Kubernetes.Watching;

namespace GatewayMesh.Registry.Tests.Kubernetes;

[CancelAfter(120_000)]
internal sealed class KubernetesRegistryTests
{
    private static readonly ObjectWatchTimes Quick = new() { Absent = TimeSpan.FromMilliseconds(200) };

    private TemporaryFolder _folder = null!;
    private ApiServer _server = null!;

    [SetUp]
    public async Task SetUp()
    {
        _folder = new TemporaryFolder();
        _server = await ApiServer.StartAsync();
        _ = _server.Store.Seed("services", Service("api"));
        _ = _server.Store.Seed("endpointslices", Slice("api", "10.0.0.1", "10.0.0.2"));
    }

    [TearDown]
    public async Task TearDown()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Test]
    public async Task The_first_report_is_complete_and_has_the_namespace_of_the_context(CancellationToken cancellation)
    {
        await using var registry = Open();
        await using var reports = new ReportReader(registry, cancellation);

        var report = await reports.UntilAsync("a catalog", report => report.Catalog is not null);

        Assert.That(reports.All[0], Is.SameAs(report), "no report before both kinds are read");
        Assert.That(report.IsComplete, Is.True);
        Assert.That(report.Errors, Is.Empty);
        Assert.That(report.Reached, Is.True);
        Assert.That(report.Catalog!.Namespace, Is.EqualTo("shop"));
        Assert.That(Instances(report), Is.EqualTo(new[] { "10.0.0.1", "10.0.0.2" }));
        Assert.That(registry.HeardAt, Is.Not.Null);
        Assert.That(
            _server.Calls.Select(call => call.Method), Is.All.EqualTo("GET"), "a node writes nothing");
    }

    [Test]
    public async Task A_change_of_a_slice_is_a_new_report(CancellationToken cancellation)
    {
        await using var registry = Open();
        await using var reports = new ReportReader(registry, cancellation);
        _ = await reports.UntilAsync("two instances", report => Instances(report).Length == 2);

        _ = _server.Store.Seed("endpointslices", Slice("api", "10.0.0.2"));
        _ = await reports.UntilAsync("one instance", report => Instances(report) is ["10.0.0.2"]);

        _server.Store.Drop("endpointslices", "shop", "api-1");
        _ = await reports.UntilAsync("no instance", report => report.Catalog!.Services.Length == 1 && Instances(report) is []);
    }

    [Test]
    public async Task An_API_server_that_is_killed_loses_nothing_and_its_return_is_heard(CancellationToken cancellation)
    {
        await using var registry = Open();
        await using var reports = new ReportReader(registry, cancellation);
        var first = await reports.UntilAsync("a catalog", report => report.Catalog is not null);

        await _server.KillAsync();
        var lost = await reports.UntilAsync("the loss", report => !report.Reached);
        Assert.That(lost.Catalog, Is.SameAs(first.Catalog));
        Assert.That(lost.Errors.Single().File, Is.EqualTo(registry.Name));

        await _server.StartAgainAsync();
        var back = await reports.UntilAsync("the return", report => report.Reached);
        Assert.That(back.Catalog, Is.SameAs(first.Catalog));
        Assert.That(back.Errors, Is.Empty);
    }

    [Test]
    public async Task A_version_that_is_too_old_starts_anew_without_a_loss(CancellationToken cancellation)
    {
        await using var registry = Open();
        await using var reports = new ReportReader(registry, cancellation);
        _ = await reports.UntilAsync("a catalog", report => report.Catalog is not null);

        _server.Faults.Expired = true;
        _server.EndWatches();
        _ = _server.Store.Seed("endpointslices", Slice("api", "10.0.0.9"));
        _ = await reports.UntilAsync("the change", report => Instances(report) is ["10.0.0.9"]);

        Assert.That(reports.All.Select(report => Instances(report).Length), Is.All.GreaterThan(0));
    }

    [Test]
    public async Task A_missing_right_is_named_and_the_old_set_stays(CancellationToken cancellation)
    {
        await using var registry = Open();
        await using var reports = new ReportReader(registry, cancellation);
        var first = await reports.UntilAsync("a catalog", report => report.Catalog is not null);

        _server.Faults.Answer = call => call.Path.Contains("endpointslices", StringComparison.Ordinal)
            ? ApiFailureException.Of(403, "Forbidden", "endpointslices.discovery.k8s.io is forbidden")
            : null;
        await _server.CutWatchesAsync();

        var refused = await reports.UntilAsync("the refusal", report => !report.Reached);
        Assert.That(refused.Catalog, Is.SameAs(first.Catalog));
        Assert.That(refused.Errors.Single().Message, Does.Contain("endpointslices").And.Contain("list and watch"));

        _server.Faults.Answer = null;
        _ = await reports.UntilAsync("the return", report => report.Reached && report.Errors.IsEmpty);
    }

    [Test]
    public async Task A_cluster_that_lost_its_store_is_not_believed_to_be_empty(CancellationToken cancellation)
    {
        await using var registry = Open();
        await using var reports = new ReportReader(registry, cancellation);
        var first = await reports.UntilAsync("a catalog", report => report.Catalog is not null);

        await _server.KillAsync();
        _server.Store.Drop("services", "shop", "api");
        await _server.StartAgainAsync();

        var lost = await reports.UntilAsync("doubt", report => report.Errors.Any(error => error.Message.Contains("no Service", StringComparison.Ordinal)));
        Assert.That(lost.Catalog, Is.SameAs(first.Catalog));
        Assert.That(lost.Reached, Is.False);

        _ = _server.Store.Seed("services", Service("web"));
        _ = await reports.UntilAsync("the new store", report => report.Reached && report.Catalog!.Services.Any(service => service.Name == "web.shop"));
    }

    [Test]
    public async Task A_service_that_was_lost_with_the_store_is_kept_for_a_while(CancellationToken cancellation)
    {
        _ = _server.Store.Seed("services", Service("web"));
        _ = _server.Store.Seed("endpointslices", Slice("web", "10.0.0.5"));
        await using var registry = Open();
        await using var reports = new ReportReader(registry, cancellation);
        _ = await reports.UntilAsync("a catalog", report => report.Catalog is { Services.Length: 2 });

        await _server.KillAsync();
        _server.Store.Drop("services", "shop", "api");
        await _server.StartAgainAsync();
        _ = _server.Store.Seed("services", Service("new"));

        var kept = await reports.UntilAsync("the new service", report => report.Catalog!.Services.Any(service => service.Name == "new.shop"));
        Assert.That(Instances(kept), Is.EqualTo(new[] { "10.0.0.1", "10.0.0.2" }));
    }

    [Test]
    public async Task An_object_that_cannot_be_read_is_named_and_its_last_version_stays(CancellationToken cancellation)
    {
        await using var registry = Open();
        await using var reports = new ReportReader(registry, cancellation);
        var first = await reports.UntilAsync("a catalog", report => report.Catalog is not null);

        var broken = JsonNode.Parse(Service("api"))!.AsObject();
        broken["spec"]!["ports"] = "eighty";
        _ = _server.Store.Seed("services", broken);

        var report = await reports.UntilAsync("the error", report => !report.Errors.IsEmpty);
        Assert.That(report.Errors.Single().File, Is.EqualTo("kubernetes:services/shop/api"));
        Assert.That(report.Catalog, Is.SameAs(first.Catalog));
        Assert.That(report.Reached, Is.True);
    }

    [Test]
    public async Task Routes_are_read_and_a_cluster_without_their_kinds_has_none(CancellationToken cancellation)
    {
        _server.Store.Uninstall("grpcroutes");
        _ = _server.Store.Seed("httproutes", Route);
        await using var registry = Open();
        await using var reports = new ReportReader(registry, cancellation);

        var report = await reports.UntilAsync("the route", report => report.Entries is { MeshRoutes.Lists.Length: 1 });
        Assert.That(report.Entries!.MeshRoutes.Lists[0].Service, Is.EqualTo("api.shop"));
        Assert.That(report.Reached, Is.True);
        Assert.That(report.Errors, Is.Empty);
        Assert.That(report.Remarks, Is.Empty);

        _server.Store.Drop("httproutes", "shop", "api");
        _ = await reports.UntilAsync("no route", report => report.Entries is { MeshRoutes.Lists.IsEmpty: true });
    }

    [Test]
    public async Task Routes_that_may_not_be_read_are_named_and_hold_up_nothing(CancellationToken cancellation)
    {
        _server.Faults.Answer = call => call.Path.Contains("httproutes", StringComparison.Ordinal)
            ? ApiFailureException.Of(403, "Forbidden", "httproutes.gateway.networking.k8s.io is forbidden")
            : null;
        await using var registry = Open();
        await using var reports = new ReportReader(registry, cancellation);

        var report = await reports.UntilAsync("a catalog", report => report.Catalog is not null);
        Assert.That(report.IsComplete, Is.True);
        Assert.That(report.Reached, Is.True);
        Assert.That(report.Remarks.Single().Message, Does.Contain("grant list and watch on httproutes"));
    }

    [Test]
    public async Task A_kubeconfig_with_an_error_is_reported_with_its_line_and_fix(CancellationToken cancellation)
    {
        var path = _folder["kubeconfig"];
        await File.WriteAllTextAsync(path, "apiVersion: v1\ncurrent-context: nowhere\ncontexts: []\n", cancellation);
        await using var registry = Open(path);
        await using var reports = new ReportReader(registry, cancellation);

        var report = await reports.UntilAsync("the error", report => !report.Errors.IsEmpty);
        Assert.That(report.Reached, Is.False);
        Assert.That(report.Errors[0].File, Is.EqualTo(path));
        Assert.That(report.Errors[0].Line, Is.EqualTo(2));
        Assert.That(report.Errors[0].Fix, Is.Not.Empty);
    }

    [Test]
    public async Task It_is_reachable_while_the_API_server_accepts_connections()
    {
        var spec = new RegistrySpec("kubernetes", _server.WriteKubeconfig(_folder.Path));
        Assert.That(Registries.IsReachable(spec), Is.True);
        Assert.That(Registries.IsReachable(new RegistrySpec("kubernetes", _folder["missing"])), Is.False);
        await _server.KillAsync();
        Assert.That(Registries.IsReachable(spec), Is.False);
    }

    [Test]
    public async Task A_publication_counts_as_done_and_writes_nothing()
    {
        await using var registry = Open();
        await registry.PublishAsync(new NodeRecord { Node = "web-1", Role = MeshRole.Sidecar, Version = "1" }, CancellationToken.None);
        await registry.WithdrawAsync("web-1", CancellationToken.None);
        Assert.That(_server.Calls, Is.Empty);
    }

    private const string Route =
        """
        {"metadata":{"name":"api","namespace":"shop","creationTimestamp":"2026-01-01T00:00:00Z"},
         "spec":{"parentRefs":[{"group":"","kind":"Service","name":"api","port":80}],
          "rules":[{"matches":[{"path":{"type":"Exact","value":"/other"}}],"backendRefs":[{"kind":"Service","name":"api","port":80}]}]}}
        """;

    private static string Service(string name) =>
        $$$"""
        {"metadata":{"name":"{{{name}}}","namespace":"shop"},
         "spec":{"clusterIP":"10.96.0.1","clusterIPs":["10.96.0.1"],"ports":[{"name":"http","port":80,"protocol":"TCP"}]}}
        """;

    private static string Slice(string service, params string[] addresses) =>
        $$$"""
        {"metadata":{"name":"{{{service}}}-1","namespace":"shop","labels":{"kubernetes.io/service-name":"{{{service}}}"}},
         "addressType":"IPv4","ports":[{"name":"http","port":8080,"protocol":"TCP"}],
         "endpoints":[{{{string.Join(',', addresses.Select(Endpoint))}}}]}
        """;

    private static string Endpoint(string address) => $$$"""{"addresses":["{{{address}}}"],"conditions":{"ready":true}}""";

    private static string[] Instances(RegistryReport report) =>
    [
        .. (report.Catalog?.Services.FirstOrDefault(service => service.Name == "api.shop")?.Instances ?? []).Select(
            instance => instance.Address.Host),
    ];

    private KubernetesRegistry Open(string? kubeconfig = null)
    {
        var bootstrap = BootstrapFile.Load(
            null,
            BootstrapOptions.None with
            {
                Role = "gateway",
                Registry = $"kubernetes://{kubeconfig ?? _server.WriteKubeconfig(_folder.Path, space: "shop")}",
            },
            new Dictionary<string, string>(),
            out _);
        return new KubernetesRegistry(bootstrap!, Quick, TimeProvider.System);
    }
}
