using System.Text.Json;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Nodes;
using GatewayMesh.Proxy.Admission;

namespace GatewayMesh.Admin.Views;

/// <summary>Load and capacity of a gateway, for <c>/status</c>.</summary>
internal static class GatewayFigures
{
    internal static void Write(Utf8JsonWriter json, MeshNode node)
    {
        var admission = node.Plane.Admission;
        var rates = node.Configuration.Nodes.Where(
            other => other.Record.Role == MeshRole.Sidecar).Select(other => other.Record.RequestRate);
        var capacity = CapacityEstimate.Of(node.Inspection.CpuPerRequest, Environment.ProcessorCount, rates);
        json.WriteStartObject("gateway");
        json.WriteNumber("maxConcurrentRequests", admission.Max);
        json.WriteNumber("inflight", admission.InFlight);
        json.WriteNumber("hosts", admission.Hosts);
        json.WriteNumber("admitted", admission.Admitted);
        json.WriteNumber("refusedFull", admission.RefusedFull);
        json.WriteNumber("refusedShare", admission.RefusedShare);
        json.WriteNumber("cpuMicrosecondsPerRequest", Math.Round(capacity.CpuPerRequest.TotalMicroseconds, 1));
        json.WriteNumber("capacityRequestsPerSecond", Math.Round(capacity.RequestsPerSecond));
        json.WriteNumber("meanHostRate", Math.Round(capacity.MeanHostRate, 2));
        if (capacity.Hosts is { } hosts)
        {
            json.WriteNumber("capacityHosts", hosts);
        }

        json.WriteEndObject();
    }
}
