using System.Text.Json;
using GatewayMesh.Proxy;
using GatewayMesh.Proxy.LoadBalancing.Outliers;

namespace GatewayMesh.Admin.Views;

/// <summary>The balancing inputs of an instance: weight, zone, latency and the cause of an ejection.</summary>
internal static class EndpointFigures
{
    internal static void Write(Utf8JsonWriter json, EndpointView endpoint)
    {
        json.WriteNumber("weight", endpoint.Weight);
        json.WriteString("zone", endpoint.Zone ?? "");
        json.WriteNumber("ewmaMs", Math.Round(endpoint.Latency.TotalMilliseconds, 3));
        json.WriteNumber("slowStart", Math.Round(endpoint.SlowStart, 3));
        json.WriteNumber("ejections", endpoint.Ejections);
        json.WriteString("ejectionCause", endpoint.Cause.Word());
    }
}
