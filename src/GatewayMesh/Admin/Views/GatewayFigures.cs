using GatewayMesh.Admin.Documents;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Nodes;
using GatewayMesh.Proxy.Admission;

namespace GatewayMesh.Admin.Views;

/// <summary>Load and capacity of a gateway, for <c>/status</c>.</summary>
internal static class GatewayFigures
{
    internal static GatewayLoadStatus Of(MeshNode node)
    {
        var admission = node.Plane.Inspection.Admission;
        var rates = node.Configuration.Nodes.Where(
            other => other.Record.Role == MeshRole.Sidecar).Select(other => other.Record.RequestRate);
        var capacity = CapacityEstimate.Of(node.Inspection.CpuPerRequest, Environment.ProcessorCount, rates);
        return new GatewayLoadStatus
        {
            MaxConcurrentRequests = admission.Max,
            Inflight = admission.InFlight,
            Hosts = admission.Hosts,
            Admitted = admission.Admitted,
            RefusedFull = admission.RefusedFull,
            RefusedShare = admission.RefusedShare,
            CpuMicrosecondsPerRequest = Math.Round(capacity.CpuPerRequest.TotalMicroseconds, 1),
            CapacityRequestsPerSecond = Math.Round(capacity.RequestsPerSecond),
            MeanHostRate = Math.Round(capacity.MeanHostRate, 2),
            CapacityHosts = capacity.Hosts,
        };
    }
}
