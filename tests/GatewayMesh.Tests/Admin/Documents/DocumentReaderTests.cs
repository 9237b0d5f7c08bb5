using GatewayMesh.Admin.Documents;

namespace GatewayMesh.Tests.Admin.Documents;

internal sealed class DocumentReaderTests
{
    [Test]
    public void Every_status_member_of_a_sidecar_is_read()
    {
        var status = Statuses.Read();

        Assert.That(
            (status.Node, status.Role, status.Tier, status.GuardPid, status.WorkerPid, status.IsLeased),
            Is.EqualTo(("host-a", "sidecar", "sidecar", 11, 12, true)));
        Assert.That(status.Guard!.Carried, Is.EqualTo(new CarriedStatus { Open = 1, Total = 5, Refused = 2 }));
        Assert.That(status.Guard.Gateways.Single().LastExercise!.Ok, Is.True);
        Assert.That(status.Listeners[0], Is.EqualTo(new ListenerStatus { Name = "outbound/web", Address = "127.0.0.1:15001" }));
        Assert.That(status.Nodes.Select(node => node.Alive), Is.EqualTo(new[] { true, true, false }));
        Assert.That(status.Nodes[1].Admin, Is.EqualTo("127.0.0.1:15300"));
    }

    [TestCase("{}")]
    [TestCase("""{"pids":null,"lease":7,"guard":{"gateways":{}},"nodes":[{}],"registry":[],"listeners":[{"name":1}],"tier":null}""")]
    public void Absent_or_mistyped_members_are_ignored(string json)
    {
        var status = Statuses.Read(json);

        Assert.That(
            (status.Tier, status.Lease, status.WorkerPid, status.Registry),
            Is.EqualTo(("", (LeaseStatus?)null, (int?)null, (RegistryStatus?)null)));
    }

    [TestCase("")]
    [TestCase("[]")]
    [TestCase("<html>")]
    public void Status_that_is_not_an_object_is_refused(string text) =>
        Assert.That(DocumentReader.Read(text, ShownJson.Context.NodeStatus), Is.Null);
}
