using System.Collections.Frozen;
using GatewayMesh.Configuration.Snapshot;

namespace GatewayMesh.Configuration.Tests.Snapshot;

internal sealed class IngressModelTests
{
    private static readonly IngressModel Model = new(new Dictionary<string, string>
    {
        ["web.example.com"] = "web",
        ["*.example.com"] = "any",
        ["*.a.example.com"] = "closer",
        ["api"] = "api",
        ["api.*"] = "api",
        ["api.v2.*"] = "api2",
        ["*"] = "rest",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase));

    [TestCase("web.example.com", "web")]
    [TestCase("WEB.Example.com", "web")]
    [TestCase("web.example.com.", "web")]
    [TestCase("x.example.com", "any")]
    [TestCase("y.x.example.com", "any")]
    [TestCase("y.a.example.com", "closer")]
    [TestCase("a.example.com", "any")]
    [TestCase("example.com", "rest")]
    [TestCase("api", "api")]
    [TestCase("api.mesh.local", "api")]
    [TestCase("api.v2.local", "api2")]
    [TestCase("other", "rest")]
    [TestCase("", "rest")]
    [TestCase(".", "rest")]
    [TestCase("..", "rest")]
    [TestCase("[::1]", "rest")]
    public void The_most_specific_host_wins(string host, string service) => Assert.That(Model.Find(host), Is.EqualTo(service));

    [Test]
    public void A_very_long_host_gets_the_default_service() => Assert.That(Model.Find(new string('a', 100_000)), Is.EqualTo("rest"));

    [Test]
    public void Without_a_default_an_unknown_host_has_no_service() =>
        Assert.That(new IngressModel(FrozenDictionary<string, string>.Empty).Find("x.y"), Is.Null);
}
