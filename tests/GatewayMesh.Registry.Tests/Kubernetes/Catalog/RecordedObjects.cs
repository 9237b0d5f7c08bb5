using System.Text.Json;
using System.Text.Json.Nodes;
using GatewayMesh.Registry.Kubernetes.Catalog;
using GatewayMesh.Registry.Kubernetes.Objects;

namespace GatewayMesh.Registry.Tests.Kubernetes.Catalog;

/// <summary>Answers of a real API server 1.36.2, in <c>Recordings</c>.</summary>
internal static class RecordedObjects
{
    private static string Folder => Path.Combine(TestContext.CurrentContext.TestDirectory, "Kubernetes", "Recordings");

    /// <summary>The Services of a list.</summary>
    public static IEnumerable<Service> Services() => Items("list-services.json").Select(ReadService);

    /// <summary>The slices of a list.</summary>
    public static IEnumerable<EndpointSlice> Slices() => Items("list-endpointslices.json").Select(ReadSlice);

    /// <summary>The lines of a watch.</summary>
    public static IEnumerable<(string Type, string Object)> Lines(string name) =>
        from line in File.ReadLines(Path.Combine(Folder, name))
        where line.Length > 0
        let read = JsonNode.Parse(line)!
        select ((string)read["type"]!, read["object"]!.ToJsonString());

    /// <summary>A Service.</summary>
    public static Service ReadService(string json) => JsonSerializer.Deserialize(json, DiscoveryJson.Default.Service)!;

    /// <summary>A slice.</summary>
    public static EndpointSlice ReadSlice(string json) => JsonSerializer.Deserialize(json, DiscoveryJson.Default.EndpointSlice)!;

    /// <summary>A builder with the listed Services and slices.</summary>
    public static CatalogBuilder Builder(NodePlace place)
    {
        var builder = new CatalogBuilder(place, "shop");
        Add(builder, Services());
        foreach (var slice in Slices())
        {
            Set(builder, slice);
        }

        return builder;
    }

    /// <summary>Adds Services.</summary>
    public static void Add(CatalogBuilder builder, IEnumerable<Service> services)
    {
        foreach (var service in services)
        {
            builder.SetService(service.Metadata.Key, KnownService.Of(service, new NamePool()));
        }
    }

    /// <summary>Sets a slice.</summary>
    public static void Set(CatalogBuilder builder, EndpointSlice slice) =>
        builder.SetSlice(slice.Metadata.Key, KnownSlice.Of(slice, new NamePool()));

    private static IEnumerable<string> Items(string name) =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, name)))!["response"]!["body"]!["items"]!
            .AsArray()
            .Select(item => item!.ToJsonString());
}
