using System.Collections;
using System.Collections.Immutable;
using System.Reflection;
using System.Text;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Entries.MeshRouting;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Fixtures;
using GatewayMesh.Registry.Snapshots;
using GatewayMesh.Registry.Yaml;

namespace GatewayMesh.Registry.Tests.Snapshots;

/// <summary>The store keeps entries of every kind.</summary>
public class StoredKindsTests
{
    private const string OfEveryKind =
        """
        { kind: service, name: web, instances: [ { address: 10.0.0.7, port: 9000, meta: { version: v1 } } ] }
        ---
        { kind: service-defaults, name: web, protocol: http }
        ---
        { kind: proxy-defaults, name: global, config: { protocol: http } }
        ---
        { kind: service-router, name: web, routes: [ { match: { http: { pathPrefix: /v1 } }, destination: { serviceSubset: v1 } } ] }
        ---
        { kind: service-splitter, name: web, splits: [ { weight: 100, serviceSubset: v1 } ] }
        ---
        { kind: service-resolver, name: web, subsets: { v1: { filter: Service.Meta.version == v1 } } }
        ---
        { kind: ingress-gateway, name: gatewaymesh-ingress, listeners: [ { port: 8080, protocol: http, services: [ { name: web } ] } ] }
        ---
        { kind: service-policy, name: web, retries: { maxAttempts: 1 } }
        ---
        kind: service-intentions
        name: web
        sources:
          - { name: api, permissions: [ { action: deny, jwt: { providers: [ { name: local, verifyClaims: [ { path: [ role ], value: guest } ] } ] } } ] }
        ---
        { kind: jwt-provider, name: local, issuer: me, audiences: [ web ], clockSkewSeconds: 10, jsonWebKeySet: { local: { jwks: eyJrZXlzIjpbXX0= } } }
        ---
        { kind: feature-flag, name: dark, enabled: true, conditions: { client_filters: [ { name: AlwaysOn } ] } }
        """;

    private static IEnumerable<string> Kinds => KindProperties.Select(property => property.Name);

    // Routes of Services are no kind of entries; RecordedRouteTests stores them.
    private static IEnumerable<PropertyInfo> KindProperties =>
        typeof(EntrySet).GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(
            property => property.CanWrite && property.PropertyType != typeof(MeshRouteSet));

    [TestCaseSource(nameof(Kinds))]
    public void Entries_of_each_kind_are_loaded_unchanged(string kind)
    {
        var view = View();
        var loaded = SavedAndLoaded(view);

        Assert.That(EntriesOf(view, kind), Is.Not.Empty, $"{nameof(OfEveryKind)} has an entry of each kind");
        Assert.That(EntriesOf(loaded, kind), Is.EqualTo(EntriesOf(view, kind)));
    }

    [Test]
    public void Entries_of_all_kinds_compile_to_the_same_revision_once_loaded()
    {
        var (view, loaded) = (View(), SavedAndLoaded(View()));

        Assert.That(Compile(loaded).Revision, Is.EqualTo(Compile(view).Revision));
        Assert.That(Compile(loaded).JwtProviders.Keys, Is.EqualTo(new[] { "local" }));

        static MeshSnapshot Compile(RegistryView view) =>
            SnapshotCompiler.Compile(view.Entries, view.Nodes, intentions: view.Intentions);
    }

    // The registry may complete intentions by a default, so the view and the store have them outside of the set.
    private static List<(string Kind, string Name)> EntriesOf(RegistryView view, string kind)
    {
        var entries = kind == nameof(EntrySet.ServiceIntentions)
            ? view.Intentions!.Entries
            : (IEnumerable)typeof(EntrySet).GetProperty(kind)!.GetValue(view.Entries)!;
        return [.. entries.Cast<ConfigEntry>().Select(entry => (entry.Kind, entry.Name))];
    }

    private static RegistryView SavedAndLoaded(RegistryView view)
    {
        using var folder = new TemporaryFolder();
        var store = new SnapshotStore(folder["data"]);
        Assert.That(store.Save(view), Is.Null);
        var loaded = store.Load(out var error);
        Assert.That(error, Is.Null);
        return loaded!;
    }

    private static RegistryView View()
    {
        var errors = new ConfigErrors();
        var entries = YamlDocuments.Read(Encoding.UTF8.GetBytes(OfEveryKind), "every-kind.yaml", errors)
            .Select(document => EntryBinder.Bind(document, errors)!)
            .ToList();
        Assert.That(errors.Count, Is.Zero);
        var set = EntrySet.From(entries, errors)!;
        Assert.That(errors.Count, Is.Zero);
        return new RegistryView(set, ImmutableArray<DiscoveredNode>.Empty)
        {
            Intentions = new DeclaredIntentions(set.ServiceIntentions, null),
        };
    }
}
