using System.Text.Json;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Proxy;

namespace GatewayMesh.Admin.Views;

/// <summary><c>/endpoints</c>: the instances with their live state.</summary>
internal static class EndpointList
{
    internal static void Write(Utf8JsonWriter json, IReadOnlyList<EndpointView> endpoints, IEnumerable<RefusedRecord>? refused = null)
    {
        json.WriteStartArray();
        foreach (var endpoint in endpoints)
        {
            json.WriteStartObject();
            json.WriteString("service", endpoint.Service);
            json.WriteString("id", endpoint.Id);
            json.WriteString("node", endpoint.Node);
            json.WriteString("address", endpoint.Address.ToString());
            json.WriteBoolean("cleartext", endpoint.Node.Length == 0);
            json.WriteBoolean("healthy", endpoint.Healthy);
            json.WriteNumber("inflight", endpoint.InFlight);
            json.WriteNumber("consecutiveFailures", endpoint.ConsecutiveFailures);
            json.WriteBoolean("ejected", endpoint.IsEjected);
            json.WriteNumber("ejectedForSeconds", Math.Round(endpoint.EjectedFor.TotalSeconds, 1));
            EndpointFigures.Write(json, endpoint);
            json.WriteEndObject();
        }

        RefusedRecords.WriteEndpoints(json, refused ?? []);
        json.WriteEndArray();
    }
}
