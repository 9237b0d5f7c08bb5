using System.Globalization;
using System.Text;
using GatewayMesh.Configuration.Nodes;

namespace GatewayMesh.Registry.Tests.Kubernetes.Catalog;

/// <summary>A catalog as text, one line for each service and instance.</summary>
internal static class CatalogText
{
    /// <summary>The whole catalog.</summary>
    public static string Of(ServiceCatalog catalog)
    {
        var text = new StringBuilder();
        foreach (var service in catalog.Services)
        {
            var addresses = string.Join(' ', service.Frontend!.Addresses);
            text.Append(CultureInfo.InvariantCulture, $"{service.Name} at [{addresses}]:{service.Frontend.Port}\n");
            foreach (var instance in service.Instances!)
            {
                text.Append(CultureInfo.InvariantCulture, $"  {Of(instance)}\n");
            }
        }

        foreach (var gateway in catalog.Gateways)
        {
            text.Append(
                CultureInfo.InvariantCulture, $"gateway {gateway.Node} mesh {gateway.Gateway.Mesh} tunnel {gateway.Gateway.Tunnel}\n");
        }

        return text.ToString();
    }

    /// <summary>One instance.</summary>
    public static string Of(DiscoveredInstance instance) =>
        $"{instance.Id} {instance.Address} {instance.Protocol} {(instance.Healthy ? "healthy" : "unhealthy")} {instance.Zone ?? "-"}";

    /// <summary>The instances of one service; empty if the catalog does not have the service.</summary>
    public static string[] Of(ServiceCatalog catalog, string service) =>
        [.. (catalog.Services.FirstOrDefault(each => each.Name == service)?.Instances ?? []).Select(Of)];
}
