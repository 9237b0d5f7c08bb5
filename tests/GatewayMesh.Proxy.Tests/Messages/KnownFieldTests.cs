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

    [TestCase("x")]
    [TestCase("Hosts")]
    [TestCase("Hos|")]
    [TestCase("^ost")]
    [TestCase("Content_Length")]
    [TestCase("Content.Length")]
    [TestCase("gatewaymesh-")]
    public void Another_token_is_none(string name)
    {
        Assert.That(KnownFields.Find(name), Is.EqualTo(KnownField.None));
        Assert.That(KnownFields.Find(Encoding.Latin1.GetBytes(name)), Is.EqualTo(KnownField.None));
    }

    [TestCase("")]
    [TestCase("Ho\u017Ft")]
    [TestCase("Content\rLength")]
    [TestCase("b\u0013")]
    public void Text_that_is_no_token_is_none(string name) => Assert.That(KnownFields.Find(name), Is.EqualTo(KnownField.None));

    // Every name with one byte changed: the comparison by words must not take another token for the name.
    [Test]
    public void A_name_with_another_character_is_another_name()
    {
        const string Token = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        foreach (var field in Enum.GetValues<KnownField>().Skip(1))
        {
            var name = KnownFields.NameOf(field);
            for (var i = 0; i < name.Length; i++)
            {
                foreach (var c in Token)
                {
                    var changed = Encoding.ASCII.GetBytes(name[..i] + c + name[(i + 1)..]);
                    var isSame = char.ToUpperInvariant(c) == char.ToUpperInvariant(name[i]);
                    Assert.That(KnownFields.Find(changed) == field, Is.EqualTo(isSame), Encoding.ASCII.GetString(changed));
                }
            }
        }
    }
}
