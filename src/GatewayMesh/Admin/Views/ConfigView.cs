using System.Text.Json;
using GatewayMesh.Nodes;

namespace GatewayMesh.Admin.Views;

/// <summary><c>/config</c>: the snapshot in use and the latest errors.</summary>
internal static class ConfigView
{
    internal static void Write(Utf8JsonWriter json, MeshNode node)
    {
        var snapshot = node.Configuration.Current;
        json.WriteStartObject();
        json.WriteString("revision", snapshot.Revision);
        json.WriteBoolean("synced", node.Configuration.Synced);
        json.WriteString("origin", node.Configuration.Origin.ToString().ToLowerInvariant());
        json.WriteStartArray("errors");
        foreach (var error in node.Configuration.Errors)
        {
            json.WriteStringValue(error.ToString());
        }

        json.WriteEndArray();
        json.WriteStartObject("services");
        foreach (var service in snapshot.Services.Values.OrderBy(service => service.Name, StringComparer.Ordinal))
        {
            json.WriteStartObject(service.Name);
            json.WriteString("protocol", service.Protocol);
            using (var policy = JsonDocument.Parse(service.Policy.Text))
            {
                json.WritePropertyName("policy");
                policy.RootElement.WriteTo(json);
            }

            json.WriteStartArray("endpoints");
            foreach (var endpoint in service.Endpoints)
            {
                json.WriteStringValue($"{endpoint.Id} at {endpoint.Address}{(endpoint.Healthy ? "" : " (unhealthy)")}");
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndObject();
        IntentionList.Write(json, snapshot.Intentions);
        json.WriteStartArray("gateways");
        foreach (var gateway in snapshot.Gateways)
        {
            json.WriteStringValue($"{gateway.Node} at {gateway.Mesh}, tunnel {gateway.Tunnel}{(gateway.Healthy ? "" : " (unhealthy)")}");
        }

        json.WriteEndArray();
        json.WriteStartArray("ingress");
        foreach (var ((ingress, port), model) in snapshot.Ingress.OrderBy(pair => pair.Key.Port))
        {
            json.WriteStartObject();
            json.WriteString("ingress", ingress);
            json.WriteNumber("port", port);
            json.WriteStartObject("hosts");
            foreach (var (host, service) in model.Hosts.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            {
                json.WriteString(host, service);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
