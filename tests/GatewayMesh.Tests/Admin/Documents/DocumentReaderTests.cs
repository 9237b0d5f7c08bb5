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

    [TestCase("""{"nodes":[null,{"node":"host-b"}]}""", "host-b")]
    [TestCase("""{"nodes":[7,{"node":"host-b"},"x"]}""", "host-b")]
    [TestCase("""{"nodes":[{"node":"host-b","pids":{"a b.c":"x"},"alive":"yes"}]}""", "host-b")]
    public void Items_that_do_not_fit_are_ignored_and_the_others_are_read(string json, string node)
    {
        var peer = Statuses.Read(json).Nodes.Single();

        Assert.That((peer.Node, peer.Alive, peer.Pids.Count), Is.EqualTo((node, true, 0)));
    }

    [TestCase("""{"node":"host-a","tier":"\ud800"}""")]
    [TestCase("""{"node":"host-a","tier":"\ud800","lease":7}""")]
    public void A_text_that_is_no_Unicode_is_ignored(string json) =>
        Assert.That((Statuses.Read(json).Node, Statuses.Read(json).Tier), Is.EqualTo(("host-a", "")));

    [TestCase("""{"node":"a","node":7,"pids":null}""")]
    [TestCase("""{"pids":{"a":1,"a":"x"}}""")]
    [TestCase("""{"\ud800":1,"pids":7}""")]
    [TestCase("""{"nodes":[[[[[[[[[[1]]]]]]]]]]}""")]
    public void No_document_of_a_stranger_throws(string json) =>
        Assert.That(() => DocumentReader.Read(json, ShownJson.Context.NodeStatus), Throws.Nothing);

    [Test]
    public void A_document_with_too_many_members_that_do_not_fit_is_refused() =>
        Assert.That(
            DocumentReader.Read(
                $$"""{"nodes":[{{string.Join(',', Enumerable.Repeat("7", 200))}}]}""", ShownJson.Context.NodeStatus),
            Is.Null);

    [Test]
    public void Texts_and_keys_for_people_are_one_line_and_a_guard_relays_them_unchanged()
    {
        const string Json = """{"tier":"a\nb","pids":{"x\ny":1}}""";

        var shown = Statuses.Read(Json);
        var relayed = DocumentReader.Read(Json, AdminJson.Default.NodeStatus)!;

        Assert.That((shown.Tier + shown.Pids.Keys.Single()).Any(char.IsControl), Is.False);
        Assert.That((relayed.Tier, relayed.Pids.Keys.Single()), Is.EqualTo(("a\nb", "x\ny")));
    }
}
