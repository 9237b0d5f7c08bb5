using System.Text.Json;
using GatewayMesh.Configuration.Bootstrap;

namespace GatewayMesh.Admin.Views;

/// <summary>The common first members of <c>/status</c>.</summary>
internal static class StatusHead
{
    internal static void Write(
        Utf8JsonWriter json,
        BootstrapSpec bootstrap,
        string version,
        TimeSpan uptime,
        string tier,
        IEnumerable<(string Name, int Pid)> pids)
    {
        json.WriteString("node", bootstrap.Node);
        json.WriteString("role", bootstrap.Role.ToString().ToLowerInvariant());
        json.WriteString("version", version);
        json.WriteString("identity", bootstrap.Identity.ToString().ToLowerInvariant());
        json.WriteNumber("uptimeSeconds", Math.Round(uptime.TotalSeconds, 1));
        json.WriteString("tier", tier);
        json.WriteStartObject("pids");
        foreach (var (name, pid) in pids)
        {
            json.WriteNumber(name, pid);
        }

        json.WriteEndObject();
        json.WriteStartArray("listeners");
        foreach (var listener in Configuration.Listeners.ListenerPlan.For(bootstrap))
        {
            json.WriteStartObject();
            json.WriteString("name", listener.Name);
            json.WriteString("address", listener.Address.ToString());
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
