using GatewayMesh.Admin.Documents;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Proxy.Edge;

namespace GatewayMesh.Admin.Views;

/// <summary>Ports of an ingress for <c>/status</c>: bound ports, ports with routes in the entry, and their certificates.</summary>
internal static class IngressFigures
{
    internal static IngressStatus Of(
        IngressSpec ingress, MeshSnapshot snapshot, IReadOnlyList<EdgeCertificateView> certificates, DateTimeOffset now) => new()
        {
            BootstrapPorts = [.. ingress.Listeners.Select(listener => listener.Port).Order()],
            EntryPorts =
            [
                .. snapshot.Ingress.Keys
                    .Where(key => string.Equals(key.Ingress, ingress.Service, StringComparison.OrdinalIgnoreCase))
                    .Select(key => key.Port)
                    .Order(),
            ],
            Certificates = PublicCertificates.Of(certificates, now),
        };
}
