using System.Text.Json;
using GatewayMesh.Configuration.Snapshot;

namespace GatewayMesh.Roles;

/// <summary>Services with instances that no sidecar fronts (<c>kind: service</c>): they are called in the clear, and the caller's side asks the intentions.</summary>
internal static class CleartextServices
{
    /// <summary>Their names, in order.</summary>
    internal static IEnumerable<string> Of(MeshSnapshot snapshot) =>
        snapshot.Services.Values.Where(service => service.Endpoints.Any(endpoint => endpoint.IsBare)).Select(service => service.Name)
            .Union(snapshot.Targets.Values.Where(target => target.Endpoints.Any(endpoint => endpoint.IsBare)).Select(target => target.Service), StringComparer.OrdinalIgnoreCase)
            .Order(StringComparer.Ordinal);

    /// <summary>The same in <c>/status</c>.</summary>
    internal static void Write(Utf8JsonWriter json, MeshSnapshot snapshot)
    {
        json.WriteStartArray("cleartextServices");
        foreach (var service in Of(snapshot))
        {
            json.WriteStringValue(service);
        }

        json.WriteEndArray();
    }
}
