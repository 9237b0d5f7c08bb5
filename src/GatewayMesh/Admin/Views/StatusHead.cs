using System.Collections.Immutable;
using GatewayMesh.Admin.Documents;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Listeners;

namespace GatewayMesh.Admin.Views;

/// <summary>The first members of <c>/status</c>, the same for every process that owns an admin address.</summary>
internal static class StatusHead
{
    /// <summary>Returns <paramref name="status"/> with its head.</summary>
    internal static NodeStatus On(
        NodeStatus status,
        BootstrapSpec bootstrap,
        string version,
        TimeSpan uptime,
        string tier,
        ImmutableSortedDictionary<string, int> pids) => status with
        {
            Schema = new NodeStatus().Schema,
            Node = bootstrap.Node,
            Role = bootstrap.Role.Word(),
            Version = version,
            Identity = bootstrap.Identity.ToString().ToLowerInvariant(),
            UptimeSeconds = Math.Round(uptime.TotalSeconds, 1),
            Tier = tier,
            Pids = pids,
            Listeners =
            [
                .. ListenerPlan.For(bootstrap).Select(
                    listener => new ListenerStatus { Name = listener.Name, Address = listener.Address.ToString() }),
            ],
        };
}
