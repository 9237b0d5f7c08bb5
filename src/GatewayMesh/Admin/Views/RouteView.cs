using System.Text.Json;
using GatewayMesh.Nodes;
using GatewayMesh.Proxy.Routing.Reports;

namespace GatewayMesh.Admin.Views;

/// <summary>
/// Writes the route of a request as members of the open object: <c>route</c>, <c>targets</c>, and the <c>instances</c> of the chosen
/// target.
/// </summary>
internal static class RouteView
{
    internal static void Write(Utf8JsonWriter json, MeshNode node, RouteReport report)
    {
        json.WriteStartObject("route");
        json.WriteString("name", report.Route);
        json.WriteString("rewritten", report.Rewritten);
        json.WriteStartArray("rules");
        foreach (var rule in report.Rules)
        {
            json.WriteStartObject();
            json.WriteString("router", rule.Router);
            json.WriteNumber("rule", rule.Index);
            json.WriteString("asks", rule.Asks);
            json.WriteBoolean("matches", rule.WhyNot is null);
            json.WriteString("fails", rule.WhyNot);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        WriteSplits(json, report);
        json.WriteEndObject();
        WriteTargets(json, report);
        if (report.Target is { } target)
        {
            json.WriteString("destination", target.Service);
            json.WriteString("target", target.Id);
            json.WriteString("protocol", target.Protocol);
            var live = node.Plane.Endpoints().ToLookup(view => (view.Service, view.Id, view.Address));
            RefusedRecords.Write(
                json,
                [
                    .. node.Plane.Snapshot.Refused.Where(
                        record => record.Service.Equals(target.Service, StringComparison.OrdinalIgnoreCase))]);
            json.WritePropertyName("instances");
            EndpointList.Write(json, [.. target.Instances.SelectMany(key => live[(key.Service, key.Id, key.Address)].Take(1))]);
        }
    }

    private static void WriteSplits(Utf8JsonWriter json, RouteReport report)
    {
        json.WriteStartArray("splits");
        foreach (var split in report.Splits)
        {
            json.WriteStartObject();
            json.WriteString("splitter", split.Splitter);
            json.WriteStartArray("legs");
            for (var i = 0; i < split.Legs.Length; i++)
            {
                json.WriteStartObject();
                json.WriteNumber("percent", split.Legs[i].Weight / 100m);
                json.WriteString("to", split.Legs[i].To);
                json.WriteBoolean("drawn", i == split.Drawn);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteTargets(Utf8JsonWriter json, RouteReport report)
    {
        json.WriteStartArray("targets");
        for (var i = 0; i < report.Targets.Length; i++)
        {
            var target = report.Targets[i];
            json.WriteStartObject();
            json.WriteString("id", target.Id);
            json.WriteString("service", target.Service);
            json.WriteString("state", target.State.ToString().ToLowerInvariant());
            json.WriteNumber("instances", target.Instances.Length);
            json.WriteBoolean("chosen", i == report.Chosen);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
