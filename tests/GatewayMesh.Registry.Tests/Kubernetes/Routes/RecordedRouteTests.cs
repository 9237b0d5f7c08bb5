using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Entries.MeshRouting;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Fixtures;
using GatewayMesh.Registry.Kubernetes.Objects.Routes;
using GatewayMesh.Registry.Kubernetes.Routes;
using GatewayMesh.Registry.Snapshots;

namespace GatewayMesh.Registry.Tests.Kubernetes.Routes;

/// <summary>Routes as an API server sends them.</summary>
internal sealed class RecordedRouteTests
{
    private static readonly ImmutableArray<MeshService> Services =
    [
        new("shop", "api") { Ports = [new MeshServicePort(80, "http")] },
        new("shop", "dual") { Ports = [new MeshServicePort(80)] },
        new("bank", "ledger") { Ports = [new MeshServicePort(7070, "grpc") { AppProtocol = "grpc" }] },
    ];

    [Test]
    public void Recorded_routes_become_rules_by_service_and_callers()
    {
        var lists = Translated().Routes.Lists;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                lists.Select(list => (list.Service, list.CallerNamespace, list.Rules.Length)),
                Is.EqualTo([("api.shop", "", 2), ("api.shop", "bank", 1), ("ledger.bank", "", 1)]));
            Assert.That(
                lists[0].Rules.Select(rule => string.Join('+', rule.Backends.Select(backend => $"{backend.Weight} {backend.Service}"))),
                Is.EqualTo(["1 dual.shop", "90 api.shop+10 dual.shop"]));
            Assert.That(
                (lists[0].Rules[1].RequestTimeout, lists[0].Rules[1].AttemptTimeout),
                Is.EqualTo((TimeSpan.FromSeconds(2), TimeSpan.FromMilliseconds(500))));
            Assert.That(lists[1].Rules[0].RequestHeaders!.Set, Does.ContainKey("x-tenant").WithValue("bank"));
            Assert.That(lists[2].Rules[0].Match!.Path!.Value, Is.EqualTo("/bank.Ledger/Post"));
        }
    }

    [Test]
    public void A_recorded_route_of_a_Gateway_is_not_a_route_of_a_Service() =>
        Assert.That(
            Translated().Results.Select(result => $"{result.Kind} {result.Route} {result.IsAccepted}"),
            Is.EqualTo(["Grpc bank/ledger True", "Http bank/api-from-bank True", "Http shop/api True"]));

    [Test]
    public void A_recorded_grant_permits_what_it_names()
    {
        var grants = new ReferenceGrants(Items("list-referencegrants", RouteObjectJson.Default.ReferenceGrant));

        Assert.That(grants.Allow("HTTPRoute", "shop", "bank", "ledger"));
        Assert.That(grants.Allow("HTTPRoute", "shop", "bank", "other"), Is.False);
    }

    [TestCase("""{"metadata":{"name":"a","namespace":"shop"},"spec":null}""")]
    [TestCase("""{"metadata":{"name":"a","namespace":"shop"},"spec":{"parentRefs":null,"rules":null}}""")]
    [TestCase("""{"metadata":{"name":"a","namespace":"shop"},"spec":{"rules":[{"matches":null,"filters":null,"backendRefs":null}]}}""")]
    [TestCase("""{"metadata":null,"later":{"x":[1]},"spec":{"rules":[{"matches":[{"path":null,"headers":null}],"later":1}]}}""")]
    public void Null_absent_and_unknown_parts_are_read(string text)
    {
        var http = JsonSerializer.Deserialize(text, RouteObjectJson.Default.HttpRoute)!;
        var grpc = JsonSerializer.Deserialize(text, RouteObjectJson.Default.GrpcRoute)!;
        var objects = new RouteObjects { Services = Services, HttpRoutes = [http], GrpcRoutes = [grpc] };

        Assert.That(MeshRoutes.Translate(objects).Results, Is.Empty);
    }

    [Test]
    public void Stored_routes_are_loaded_unchanged()
    {
        using var folder = new TemporaryFolder();
        var store = new SnapshotStore(folder["data"]);
        var entries = EntrySet.Empty with { MeshRoutes = Translated().Routes };
        var catalog = new ServiceCatalog([], []);
        Assert.That(store.Save(new RegistryView(entries, []) { Catalog = catalog }), Is.Null);

        var loaded = store.Load(out var error)!;

        Assert.That(error, Is.Null);
        Assert.That(loaded.Entries.MeshRoutes.Namespace, Is.EqualTo("shop"));
        Assert.That(
            SnapshotCompiler.Compile(loaded.Entries, [], catalog).Revision,
            Is.EqualTo(SnapshotCompiler.Compile(entries, [], catalog).Revision)
                .And.Not.EqualTo(SnapshotCompiler.Compile(EntrySet.Empty, [], catalog).Revision));
        Assert.That(loaded.Entries.MeshRoutes.Lists[0].Rules[0].Match!.BySegments);
    }

    [Test]
    public void A_store_without_routes_is_loaded()
    {
        using var folder = new TemporaryFolder();
        var store = new SnapshotStore(folder["data"]);
        _ = store.Save(RegistryView.Empty);

        Assert.That(File.ReadAllText(store.File), Does.Not.Contain("meshRoutes"));
        Assert.That(store.Load(out _)!.Entries.MeshRoutes, Is.SameAs(MeshRouteSet.None));
    }

    private static RouteTranslation Translated() => MeshRoutes.Translate(new RouteObjects
    {
        Namespace = "shop",
        Services = Services,
        HttpRoutes = [.. Items("list-httproutes", RouteObjectJson.Default.HttpRoute)],
        GrpcRoutes = [.. Items("list-grpcroutes", RouteObjectJson.Default.GrpcRoute)],
    });

    private static IEnumerable<T> Items<T>(string recording, JsonTypeInfo<T> json)
    {
        var file = Path.Combine(TestContext.CurrentContext.TestDirectory, "Cases", "Kubernetes", $"{recording}.json");
        using var document = JsonDocument.Parse(File.ReadAllBytes(file));
        return
        [
            .. document.RootElement.GetProperty("response").GetProperty("body").GetProperty("items").EnumerateArray()
                .Select(item => item.Deserialize(json)!),
        ];
    }
}
