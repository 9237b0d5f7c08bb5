using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Tests.Document;

internal sealed class ScalarTypesTests
{
    [TestCase("127.0.0.1:80", "127.0.0.1:80")]
    [TestCase("localhost:80", "127.0.0.1:80")]
    [TestCase("[::1]:80", "[::1]:80")]
    public void Addresses_are_read(string text, string address) =>
        Assert.That(ScalarTypes.Address.Read(text).Value?.ToString(), Is.EqualTo(address));

    [TestCase("1:80")]
    [TestCase("::1:80")]
    [TestCase("127.0.0.1")]
    [TestCase("127.0.0.1:0")]
    [TestCase("127.0.0.1:65536")]
    [TestCase("127.0.0.1:+80")]
    [TestCase("web:80")]
    [TestCase(":80")]
    [TestCase("*:80")]
    public void An_invalid_address_is_refused_with_a_fix(string text) =>
        Assert.That(ScalarTypes.Address.Read(text), Has.Property("Message").Not.Null.And.Property("Fix").Not.Empty);

    [TestCase("10.0.0.0/8", "10.0.0.0/8")]
    [TestCase("192.0.2.7", "192.0.2.7/32")]
    [TestCase("fd00::/8", "fd00::/8")]
    public void Networks_are_read(string text, string network) =>
        Assert.That(ScalarTypes.Network.Read(text).Value.ToString(), Is.EqualTo(network));

    [Test]
    public void A_network_with_bits_beyond_its_prefix_is_refused_with_the_intended_network() =>
        Assert.That(ScalarTypes.Network.Read("10.1.2.3/9").Fix, Is.EqualTo("use 10.0.0.0/9"));

    [TestCase("web", true)]
    [TestCase("web-1.api_2", true)]
    [TestCase("-web", false)]
    [TestCase("web.", false)]
    [TestCase("a..b", false)]
    [TestCase("a/b", false)]
    [TestCase("wéb", false)]
    [TestCase("", false)]
    public void Names_are_valid_in_files_and_host_names(string text, bool fit) => Assert.That(Names.IsName(text), Is.EqualTo(fit));

    [TestCase("+5")]
    [TestCase(" 5")]
    [TestCase("5.0")]
    [TestCase("0x5")]
    public void Ports_are_digits(string text) => Assert.That(ScalarTypes.Port.Read(text).Message, Is.Not.Null);
}
