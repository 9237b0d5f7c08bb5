using GatewayMesh.Configuration.Snapshot;

namespace GatewayMesh.Admin.Views;

/// <summary>
/// Services with instances without a sidecar (<c>kind: service</c>). They are called in cleartext, and only the caller enforces
/// intentions.
/// </summary>
internal static class CleartextServices
{
    /// <summary>The service names, in order.</summary>
    internal static IEnumerable<string> Of(MeshSnapshot snapshot) =>
        snapshot.Services.Values.Where(service => service.Endpoints.Any(endpoint => endpoint.IsBare)).Select(service => service.Name)
            .Union(
                snapshot.Targets.Values.Where(target => target.Endpoints.Any(endpoint => endpoint.IsBare)).Select(target => target.Service),
                StringComparer.OrdinalIgnoreCase)
            .Order(StringComparer.Ordinal);
}
