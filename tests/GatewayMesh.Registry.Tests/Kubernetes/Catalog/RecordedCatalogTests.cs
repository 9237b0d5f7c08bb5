using System.Net.Sockets;
using GatewayMesh.Registry.Kubernetes.Catalog;

namespace GatewayMesh.Registry.Tests.Kubernetes.Catalog;

internal sealed class RecordedCatalogTests
{
    private static readonly NodePlace Place = new("z2", "node-b", AddressFamily.InterNetwork);

    [Test]
    public void The_recorded_lists_give_the_expected_catalog() =>
        Assert.That(
            CatalogText.Of(RecordedObjects.Builder(Place).Build()),
            Is.EqualTo("""
                api.shop at [10.96.0.10]:80
                  api-1 10.244.1.11:8080 http2 healthy z1
                  api-2 10.244.2.12:8080 http2 healthy z2
                api.shop:9090 at [10.96.0.10]:9090
                  api-1 10.244.1.11:9090 http healthy z1
                  api-2 10.244.2.12:9090 http healthy z2
                api-headless.shop at []:80
                  api-1 10.244.1.11:8080 http healthy z1
                  api-2 10.244.2.12:8080 http healthy z2
                dual.shop at [10.96.0.11 fd00:10:96::11]:80
                  api-1 10.244.1.11:8080 http healthy z1
                  api-2 10.244.2.12:8080 http healthy z2
                empty.shop at [10.96.0.13]:80
                kubernetes.default at [10.96.0.1]:443
                ledger.bank at [10.96.0.20]:7070
                legacy.shop at [10.96.0.12]:5432
                partner.shop at []:80
                  api.partner.example api.partner.example:80 http healthy -

                """));

    [Test]
    public void A_pod_of_IPv6_calls_pods_of_both_families_by_IPv6() =>
        Assert.That(
            CatalogText.Of(RecordedObjects.Builder(Place with { Family = AddressFamily.InterNetworkV6 }).Build(), "dual.shop"),
            Is.EqualTo(new[]
            {
                "api-1 [fd00:10:244:1::b]:8080 http healthy z1",
                "api-2 [fd00:10:244:2::c]:8080 http healthy z2",
            }));

    [Test]
    public void The_recorded_life_of_pods_gives_the_expected_instances()
    {
        var builder = new CatalogBuilder(Place, "shop");
        RecordedObjects.Add(builder, RecordedObjects.Services());
        var seen = new List<string>();
        foreach (var (type, json) in RecordedObjects.Lines("watch-endpointslices-podlife.jsonl"))
        {
            if (type == "BOOKMARK")
            {
                continue;
            }

            var slice = RecordedObjects.ReadSlice(json);
            builder.SetSlice(slice.Metadata.Key, type == "DELETED" ? null : KnownSlice.Of(slice, new NamePool()));
            var now = string.Join(", ", CatalogText.Of(builder.Build(), "api.shop").Select(Short));
            if (seen.Count == 0 || seen[^1] != now)
            {
                seen.Add(now);
            }
        }

        Assert.That(
            seen,
            Is.EqualTo(new[]
            {
                "",
                "api-1 10.244.1.11:8080",
                "api-1 10.244.1.11:8080, api-2 10.244.2.12:8080",
                "api-2 10.244.2.12:8080",
                "api-1 10.244.1.11:8080, api-2 10.244.2.12:8080",
                "api-1 10.244.1.11:8080, api-2 10.244.2.12:8080, api-3 10.244.1.13:8081",
                "api-1 10.244.1.11:8080, api-2 10.244.2.12:8080, api-3 10.244.1.13:8081 (unhealthy)",
                "api-1 10.244.1.11:8080, api-2 10.244.2.12:8080",
            }));
    }

    private static string Short(string line) =>
        line[..line.IndexOf(" http2", StringComparison.Ordinal)]
            + (line.Contains(" healthy", StringComparison.Ordinal) ? "" : " (unhealthy)");

    [Test]
    public void A_pod_whose_node_is_lost_is_not_called()
    {
        var builder = RecordedObjects.Builder(Place);
        _ = builder.Build();
        foreach (var (_, json) in RecordedObjects.Lines("watch-endpointslices-node-lost.jsonl"))
        {
            RecordedObjects.Set(builder, RecordedObjects.ReadSlice(json));
        }

        Assert.That(CatalogText.Of(builder.Build(), "api.shop"), Is.EqualTo(new[] { "api-1 10.244.1.11:8080 http2 healthy z1" }));
    }

    [Test]
    public void The_recorded_watch_of_Services_adds_and_removes_a_service()
    {
        var builder = new CatalogBuilder(Place, "shop");
        var seen = new List<bool>();
        foreach (var (type, json) in RecordedObjects.Lines("watch-services.jsonl").Where(line => line.Type != "BOOKMARK"))
        {
            var service = RecordedObjects.ReadService(json);
            builder.SetService(service.Metadata.Key, type == "DELETED" ? null : KnownService.Of(service, new NamePool()));
            seen.Add(builder.Build().Services.Any(each => each.Name == "tmp.shop"));
        }

        Assert.That(seen.SkipWhile(there => !there).TakeWhile(there => there).Count(), Is.EqualTo(1));
        Assert.That(seen[^1], Is.False);
    }

    [Test]
    public void A_change_of_labels_alone_is_no_change_of_the_catalog()
    {
        var builder = RecordedObjects.Builder(Place);
        var before = builder.Build();
        foreach (var (_, json) in RecordedObjects.Lines("watch-services.jsonl").Where(line => line.Type == "MODIFIED"))
        {
            RecordedObjects.Add(builder, [RecordedObjects.ReadService(json)]);
        }

        Assert.That(builder.Build(), Is.SameAs(before));
    }
}
