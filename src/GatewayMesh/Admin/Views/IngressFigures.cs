using System.Text.Json;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Proxy.Edge;

namespace GatewayMesh.Admin.Views;

/// <summary>Ports of an ingress for <c>/status</c>: bound ports, ports with routes in the entry, and their certificates.</summary>
internal static class IngressFigures
{
    internal static void Write(
        Utf8JsonWriter json,
        IngressSpec ingress,
        MeshSnapshot snapshot,
        IReadOnlyList<EdgeCertificateView> certificates,
        DateTimeOffset now)
    {
        json.WriteStartObject("ingress");
        Ports(json, "bootstrapPorts", ingress.Listeners.Select(listener => listener.Port));
        Ports(
            json,
            "entryPorts",
            snapshot.Ingress.Keys.Where(
                key => string.Equals(key.Ingress, ingress.Service, StringComparison.OrdinalIgnoreCase)).Select(key => key.Port));
        PublicCertificates.Write(json, "certificates", certificates, now);
        json.WriteEndObject();
    }

    private static void Ports(Utf8JsonWriter json, string name, IEnumerable<int> ports)
    {
        json.WriteStartArray(name);
        foreach (var port in ports.Order())
        {
            json.WriteNumberValue(port);
        }

        json.WriteEndArray();
    }
}
