using System.Text;
using GatewayMesh.Proxy.Messages;

namespace GatewayMesh.Proxy.Tests.Messages;

public sealed class KnownFieldTests
{
    [Test]
    public void Every_known_field_is_found_by_its_name_in_any_case()
    {
        var fields = Enum.GetValues<KnownField>();
        Assert.That(fields, Has.Length.EqualTo(KnownFields.Count).And.Length.EqualTo(64), "a set of fields is 64 bits");
        foreach (var field in fields.Skip(1))
        {
            var name = KnownFields.NameOf(field);
            foreach (var spelling in (string[])[name, name.ToUpperInvariant(), name.ToLowerInvariant()])
            {
                Assert.That(KnownFields.Find(spelling), Is.EqualTo(field), spelling);
                Assert.That(KnownFields.Find(Encoding.ASCII.GetBytes(spelling)), Is.EqualTo(field), spelling);
            }
        }
    }

    [Test]
    public void The_members_are_named_after_the_fields() =>
        Assert.That(
            Enum.GetValues<KnownField>().Skip(1).Where(field =>
                !KnownFields.NameOf(field).Replace("-", "").Replace("gatewaymesh", "mesh")
                    .Equals(field.ToString(), StringComparison.OrdinalIgnoreCase)),
            Is.Empty);

    [TestCase("")]
    [TestCase("x")]
    [TestCase("Hosts")]
    [TestCase("Hoſt")]
    [TestCase("Ho\u0131t")]
    [TestCase("Content_Length")]
    [TestCase("Content\rLength")]
    [TestCase("gatewaymesh-")]
    public void Another_name_is_none(string name)
    {
        Assert.That(KnownFields.Find(name), Is.EqualTo(KnownField.None));
        Assert.That(KnownFields.Find(Encoding.Latin1.GetBytes(name)), Is.EqualTo(KnownField.None));
    }
}
