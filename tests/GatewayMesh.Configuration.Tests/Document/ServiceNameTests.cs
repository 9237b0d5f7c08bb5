using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Tests.Document;

internal sealed class ServiceNameTests
{
    [TestCase("web")]
    [TestCase("web.shop")]
    [TestCase("web.shop:8080")]
    [TestCase("web.shop:65535")]
    public void A_name_with_a_namespace_and_a_port_is_the_name_of_a_service(string text) =>
        Assert.That(ScalarTypes.Service.Read(text).Value, Is.EqualTo(text));

    [TestCase("web:8080", "is not the name of a service")]
    [TestCase("web.shop:", "is not the name of a service")]
    [TestCase("web.shop:0", "is not the name of a service")]
    [TestCase("web.shop:080", "is not the name of a service")]
    [TestCase("web.shop:65536", "is not the name of a service")]
    [TestCase("web.shop:+80", "is not the name of a service")]
    [TestCase("web.shop:80:80", "is not the name of a service")]
    [TestCase(".shop:80", "is not the name of a service")]
    [TestCase("two words", "is not a name")]
    public void Anything_else_is_refused_with_the_fix(string text, string message)
    {
        var read = ScalarTypes.Service.Read(text);
        Assert.That(read.Message, Does.Contain(message));
        Assert.That(read.Fix, Is.Not.Empty);
    }
}
