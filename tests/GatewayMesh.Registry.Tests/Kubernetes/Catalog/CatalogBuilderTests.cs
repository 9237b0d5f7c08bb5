using System.Globalization;
using GatewayMesh.Registry.Kubernetes.Catalog;
using GatewayMesh.Registry.Kubernetes.Objects;

namespace GatewayMesh.Registry.Tests.Kubernetes.Catalog;

internal sealed class CatalogBuilderTests
{
    [Test]
    public void A_changed_slice_compiles_only_its_Service_and_the_others_keep_their_objects()
    {
        var builder = Many(50);
        var before = builder.Build();
        Assert.That(builder.Compilations, Is.EqualTo(50));

        Set(builder, 7, 1);
        var after = builder.Build();

        Assert.That(builder.Compilations, Is.EqualTo(51));
        Assert.That(
            before.Services.Zip(after.Services).Count(pair => !ReferenceEquals(pair.First, pair.Second)), Is.EqualTo(1));
    }

    [Test]
    public void A_slice_without_a_change_is_no_change_of_the_catalog()
    {
        var builder = Many(3);
        var before = builder.Build();
        Set(builder, 1, 2);
        Assert.That(builder.Build(), Is.SameAs(before));
        Assert.That(builder.Build(), Is.SameAs(before));
    }

    [Test]
    public void A_slice_may_come_before_its_Service_and_outlive_it()
    {
        var builder = new CatalogBuilder(NodePlace.Unknown, "shop");
        Set(builder, 0, 2);
        Assert.That(builder.Build().Services, Is.Empty);

        var key = new ObjectKey("shop", "s0");
        builder.SetService(key, Service(0));
        Assert.That(builder.Build().Services.Single().Instances!.Value, Has.Length.EqualTo(2));

        builder.SetService(key, null);
        Assert.That(builder.Build().Services, Is.Empty);
    }

    [Test]
    public void A_slice_that_moves_to_another_Service_leaves_the_first()
    {
        var builder = Many(2);
        _ = builder.Build();
        builder.SetSlice(SliceKey(0), Slice(0, 2) with { Service = new ObjectKey("shop", "s1") });
        var catalog = builder.Build();
        Assert.That(catalog.Services[0].Instances, Is.Empty);
        Assert.That(catalog.Services[1].Instances!.Value, Has.Length.EqualTo(4));
    }

    [Test]
    public void The_endpoints_of_the_gateway_Service_are_gateways_and_the_Service_is_not_callable()
    {
        var builder = new CatalogBuilder(NodePlace.Unknown, "shop");
        builder.SetService(GatewayService.Key, Service(0) with { Key = GatewayService.Key });
        builder.SetSlice(SliceKey(0), Slice(0, 2) with
        {
            Service = GatewayService.Key,
            Ports = [new KnownPort("mesh", 15443, ""), new KnownPort("tunnel", 15444, "")],
        });
        Assert.That(
            CatalogText.Of(builder.Build()),
            Is.EqualTo("""
                gateway pod-0-0 mesh 10.0.0.0:15443 tunnel 10.0.0.0:15444
                gateway pod-0-1 mesh 10.0.0.1:15443 tunnel 10.0.0.1:15444

                """));

        builder.SetSlice(SliceKey(0), Slice(0, 1) with { Service = GatewayService.Key, Ports = [new KnownPort("mesh", 15443, "")] });
        Assert.That(
            CatalogText.Of(builder.Build()),
            Is.EqualTo("gateway pod-0-0 mesh 10.0.0.0:15443 tunnel 10.0.0.0:15443\n"),
            "without a port of their own, tunnels use the one for mesh peers");
    }

    [Test]
    public void Problems_name_the_Service_and_the_fix()
    {
        var builder = new CatalogBuilder(NodePlace.Unknown, "shop");
        builder.SetService(new ObjectKey("shop", "s0"), Service(0) with { Ports = [new KnownPort("https", 443, "https")] });
        _ = builder.Build();
        Assert.That(
            builder.Problems.Single().ToString(),
            Is.EqualTo(
                "kubernetes:service/shop/s0: port 443 has appProtocol https, and TLS to applications is not supported yet; calls to this port "
                    + "are answered 503; call it directly, not through the mesh"));
    }

    private static CatalogBuilder Many(int services)
    {
        var builder = new CatalogBuilder(NodePlace.Unknown, "shop");
        for (var i = 0; i < services; i++)
        {
            builder.SetService(new ObjectKey("shop", $"s{i}"), Service(i));
            Set(builder, i, 2);
        }

        return builder;
    }

    private static void Set(CatalogBuilder builder, int number, int endpoints) =>
        builder.SetSlice(SliceKey(number), Slice(number, endpoints));

    private static ObjectKey SliceKey(int number) => new("shop", $"s{number}-x");

    private static KnownService Service(int number) => new(new ObjectKey("shop", $"s{number}"), [new KnownPort("http", 80, "")]);

    private static KnownSlice Slice(int number, int endpoints) => new(
        SliceKey(number),
        new ObjectKey("shop", $"s{number}"),
        System.Net.Sockets.AddressFamily.InterNetwork,
        [new KnownPort("http", 8080, "")],
        [
            .. Enumerable.Range(0, endpoints).Select(pod => new KnownEndpoint(
                string.Create(CultureInfo.InvariantCulture, $"pod-{number}-{pod}"),
                string.Create(CultureInfo.InvariantCulture, $"10.0.{number}.{pod}"),
                IsReady: true)),
        ]);
}
