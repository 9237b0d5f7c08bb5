using System.Text;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Registry.Consul.Intentions;

namespace GatewayMesh.Registry.Tests.Consul.Intentions;

/// <summary>The list of intentions as written by agents of several versions.</summary>
internal sealed class ReaderTests
{
    [Test]
    public void An_intention_of_Consul_1_8_has_an_action()
    {
        var read = Read(
            """{"ID":"1","SourceNS":"default","SourceName":"web","DestinationNS":"default","DestinationName":"db","SourceType":"consul","Action":"allow","Description":"why","Meta":{},"Precedence":9}""");

        Assert.That(read.Destination, Is.EqualTo("db"));
        Assert.That(
            (read.Source!.Name, read.Source.Action, read.Source.Description, read.Source.Permissions.IsEmpty, read.Note, read.Error),
            Is.EqualTo(("web", (IntentionAction?)IntentionAction.Allow, "why", true, (string?)null, (object?)null)));
    }

    [Test]
    public void An_intention_of_a_later_Consul_has_permissions()
    {
        var read = Read(
            """{"SourceName":"web","DestinationName":"db","SourcePartition":"","SourcePeer":"","Action":"","Permissions":[{"Action":"deny","HTTP":{"PathPrefix":"/admin","Methods":["GET"],"Header":[{"Name":"x","Present":true,"Invert":true}]}}]}""");

        var permission = read.Source!.Permissions.Single();
        Assert.That(
            (permission.Action, permission.PathRule, permission.Methods.Single(), permission.Headers.Single()),
            Is.EqualTo(
                (
                    IntentionAction.Deny,
                    new PathRule(PathTest.Prefix, "/admin"),
                    "GET",
                    new HeaderRule("x", HeaderTest.Present, "") { Invert = true })));
    }

    [Test]
    public void An_intention_of_an_entry_with_a_token_requires_that_token()
    {
        var read = Read(
            """{"SourceName":"web","DestinationName":"db","Action":"allow","JWT":{"Providers":[{"Name":"okta","VerifyClaims":[{"Path":["a","b"],"Value":"c"}]}]}}""");

        var provider = read.Jwt!.Providers.Single();
        Assert.That((provider.Name, provider.Claims.Single().Value), Is.EqualTo(("okta", "c")));
        Assert.That(provider.Claims.Single().Path, Is.EqualTo(new[] { "a", "b" }));
    }

    [TestCase("\"SourceNS\":\"other\"", "namespace, other")]
    [TestCase("\"DestinationNS\":\"other\"", "namespace, other")]
    [TestCase("\"SourcePartition\":\"p\"", "partition, p")]
    [TestCase("\"SourcePeer\":\"q\"", "cluster, q")]
    [TestCase("\"SourceSamenessGroup\":\"g\"", "sameness group, g")]
    [TestCase("\"SourceType\":\"external\"", "kind of source, external")]
    public void An_intention_of_another_tenant_never_applies(string field, string what)
    {
        var read = Read($$"""{"SourceName":"web","DestinationName":"db","Action":"allow",{{field}}}""");

        Assert.That(read.Source, Is.Null);
        Assert.That(read.Note, Is.EqualTo($"the intention web → db belongs to another {what} and is ignored"));
    }

    [Test]
    public void An_intention_of_all_namespaces_applies() =>
        Assert.That(
            Read("""{"SourceNS":"*","SourceName":"*","DestinationName":"db","Action":"deny"}""").Source!.Action,
            Is.EqualTo(IntentionAction.Deny));

    [TestCase("\"Permissions\":[{\"Action\":\"allow\",\"HTTP\":{\"PathRegex\":\"(\"}}]", "sources[0].permissions[0].HTTP.pathRegex")]
    [
        TestCase(
            "\"Permissions\":[{\"Action\":\"allow\",\"HTTP\":{\"PathExact\":\"/a\"},\"JWT\":{\"Providers\":[]}}]",
            "sources[0].permissions[0].JWT")]
    [TestCase("\"Action\":\"allow\",\"JWT\":{\"Providers\":[]}", "JWT")]
    [TestCase("\"Action\":\"allow\",\"JWT\":\"?\"", "JWT")]
    [TestCase("\"Action\":\"perhaps\"", "sources[0].action")]
    [TestCase("\"Description\":\"\"", "sources[0]")]
    public void An_intention_that_is_not_understood_denies_and_is_reported(string field, string path)
    {
        var read = Read($$"""{"SourceName":"web","DestinationName":"db",{{field}}}""");

        Assert.That(read.Source!.Action, Is.EqualTo(IntentionAction.Deny));
        Assert.That(read.Error!.Path, Is.EqualTo(path));
        Assert.That(read.Error.ToString(), Does.StartWith("consul:intention/web→db").And.EndWith("until then this intention denies"));
    }

    [TestCase("{}")]
    [TestCase("[1]")]
    public void An_answer_that_is_not_a_list_is_refused(string body) =>
        Assert.That(() => IntentionReader.Read(Encoding.UTF8.GetBytes(body)), Throws.InstanceOf<InvalidOperationException>());

    private static ReadIntention Read(string intention) => IntentionReader.Read(Encoding.UTF8.GetBytes($"[{intention}]")).Values.Single();
}
