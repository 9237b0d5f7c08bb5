using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using GatewayMesh.Drills.Demo.Traffic;
using GatewayMesh.Drills.Processes;

namespace GatewayMesh.Drills.Demo.Screen;

/// <summary>JSON output of the demo: one line when the mesh is ready, one with the results at the end.</summary>
internal static class DemoJson
{
    /// <summary>Writes the nodes and their addresses.</summary>
    public static string Ready(DemoPlan plan, string folder, MeshWatch watch, IReadOnlyList<ChildProcess> processes) => Line(json =>
    {
        json.WriteString("event", "ready");
        json.WriteString("dataDir", folder);
        json.WriteNumber("pid", Environment.ProcessId);
        json.WriteString("public", Address(plan.PublicPort));
        json.WriteStartArray("nodes");
        foreach (var node in plan.Nodes)
        {
            json.WriteStartObject();
            json.WriteString("node", node.Name);
            json.WriteString("role", node.Role);
            json.WriteString("admin", node.Admin.ToString());
            json.WriteStartObject("pids");
            foreach (var (name, pid) in watch[node.Name]?.Pids ?? ImmutableSortedDictionary<string, int>.Empty)
            {
                json.WriteNumber(name, pid);
            }

            json.WriteEndObject();
            json.WriteString("config", Path.Combine(folder, $"{node.Name}.yaml"));
            json.WriteString("log", processes.First(process => process.Name == node.Name && process.Role == node.Role).Log);
            Addresses(json, plan, node);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("applications");
        foreach (var process in processes.Where(process => process.Role == "app"))
        {
            json.WriteStartObject();
            json.WriteString("node", process.Name);
            json.WriteNumber("pid", process.Pid);
            json.WriteString("log", process.Log);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    /// <summary>Writes the results.</summary>
    public static string Figures(IReadOnlyList<(string Title, Tally Tally)> parts, int killedAtTheEnd) => Line(json =>
    {
        json.WriteString("event", "figures");
        json.WriteStartArray("parts");
        foreach (var (title, tally) in parts)
        {
            json.WriteStartObject();
            json.WriteString("part", title);
            json.WriteNumber("sent", tally.Sent);
            json.WriteNumber("ok", tally.Ok);
            json.WriteNumber("failed", tally.Failed);
            json.WriteNumber("refused", tally.Refused);
            json.WriteNumber("lost", tally.Lost);
            json.WriteNumber("timedOut", tally.TimedOut);
            json.WriteNumber("errors", tally.Errors);
            json.WriteNumber("throughGateway", tally.ThroughGateway);
            json.WriteNumber("slowestMs", tally.SlowestMs);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("killedAtTheEnd", killedAtTheEnd);
    });

    private static void Addresses(Utf8JsonWriter json, DemoPlan plan, DemoNode node)
    {
        if (plan.Hosts.FirstOrDefault(host => host.Name == node.Name) is { } host)
        {
            foreach (
                var (name, port) in new (string, Func<string, int>)[]
                {
                    ("outbound", host.Outbound),
                    ("inbound", host.Inbound),
                    ("application", host.Application),
                })
            {
                json.WriteStartObject(name);
                foreach (var service in DemoPlan.Services)
                {
                    json.WriteString(service, Address(port(service)));
                }

                json.WriteEndObject();
            }
        }
        else if (plan.Gateways.FirstOrDefault(gateway => gateway.Name == node.Name) is { } gateway)
        {
            json.WriteString("mesh", Address(gateway.Mesh));
            json.WriteString("tunnel", Address(gateway.Tunnel));
        }
        else
        {
            json.WriteString("public", Address(plan.PublicPort));
        }
    }

    private static string Address(int port) => $"127.0.0.1:{port}";

    private static string Line(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }
}
