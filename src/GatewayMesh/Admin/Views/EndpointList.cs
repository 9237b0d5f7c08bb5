using GatewayMesh.Admin.Documents;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Proxy;
using GatewayMesh.Proxy.LoadBalancing.Outliers;

namespace GatewayMesh.Admin.Views;

/// <summary><c>/endpoints</c>: the instances with their live state.</summary>
internal static class EndpointList
{
    /// <summary>The instances and the ignored records.</summary>
    internal static EndpointStatus[] Of(IEnumerable<EndpointView> endpoints, IEnumerable<RefusedRecord> refused) =>
        [.. endpoints.Select(Of), .. RefusedRecords.Endpoints(refused)];

    /// <summary>One instance.</summary>
    internal static EndpointStatus Of(EndpointView endpoint) => new()
    {
        Service = endpoint.Service,
        Id = endpoint.Id,
        Node = endpoint.Node,
        Address = endpoint.Address.ToString(),
        Cleartext = endpoint.Node.Length == 0,
        Healthy = endpoint.Healthy,
        Inflight = endpoint.InFlight,
        ConsecutiveFailures = endpoint.ConsecutiveFailures,
        Ejected = endpoint.IsEjected,
        EjectedForSeconds = Math.Round(endpoint.EjectedFor.TotalSeconds, 1),
        Weight = endpoint.Weight,
        Zone = endpoint.Zone ?? "",
        EwmaMs = Math.Round(endpoint.Latency.TotalMilliseconds, 3),
        SlowStart = Math.Round(endpoint.SlowStart, 3),
        Ejections = endpoint.Ejections,
        EjectionCause = endpoint.Cause.Word(),
    };
}
