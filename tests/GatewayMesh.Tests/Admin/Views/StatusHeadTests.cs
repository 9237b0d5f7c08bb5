using System.Collections.Immutable;
using GatewayMesh.Admin.Documents;
using GatewayMesh.Admin.Views;
using GatewayMesh.Configuration.Bootstrap;

namespace GatewayMesh.Tests.Admin.Views;

internal sealed class StatusHeadTests
{
    [Test]
    public void A_guard_puts_its_own_schema_and_head_before_the_parts_of_a_newer_worker()
    {
        var worker = DocumentReader.Read(
            """{"schema":7,"node":"x","worker":{"requests":5,"later":1},"future":[2]}"""u8, AdminJson.Default.NodeStatus)!;

        var status = StatusHead.On(
            worker,
            new BootstrapSpec
            {
                Role = MeshRole.Sidecar,
                Node = "host-a",
                Sidecar = new SidecarSpec { Address = "127.0.0.1", Services = [] },
            },
            "0.2.0",
            TimeSpan.FromSeconds(12.34),
            "gateway",
            ImmutableSortedDictionary<string, int>.Empty.Add("guard", 11));

        Assert.That((status.Schema, status.Node, status.Tier, status.UptimeSeconds), Is.EqualTo((1, "host-a", "gateway", 12.3)));
        Assert.That((status.GuardPid, status.Worker!.Requests), Is.EqualTo((11, 5)));
        Assert.That(status.Unknown!["future"].GetRawText(), Is.EqualTo("[2]"));
        Assert.That(status.Worker.Unknown!["later"].GetRawText(), Is.EqualTo("1"));
    }
}
