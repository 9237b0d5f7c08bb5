using System.Text.Json;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Snapshot;

namespace GatewayMesh.Roles;

/// <summary>What an ingress's <c>/status</c> says of its ports: those it listens on, and those that its entry has routes for.</summary>
internal static class IngressFigures
{
    internal static void Write(Utf8JsonWriter json, IngressSpec ingress, MeshSnapshot snapshot)
    {
        json.WriteStartObject("ingress");
        Ports(json, "bootstrapPorts", ingress.Listeners.Select(listener => listener.Port));
        Ports(json, "entryPorts", snapshot.Ingress.Keys.Where(key => string.Equals(key.Ingress, ingress.Service, StringComparison.OrdinalIgnoreCase)).Select(key => key.Port));
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
