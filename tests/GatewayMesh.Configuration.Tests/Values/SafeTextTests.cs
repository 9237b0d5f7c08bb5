using System.Text;
using FsCheck;
using FsCheck.Fluent;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Configuration.Tests.Values;

internal sealed class SafeTextTests
{
    [TestCase("plain → text, ä, 漢字, 😀", "plain → text, ä, 漢字, 😀")]
    [TestCase("\u001b[2J\u001b]0;owned\u0007", "\\u001b[2J\\u001b]0;owned\\u0007")]
    [TestCase("a\u009b31mb", "a\\u009b31mb")]
    [TestCase("a\u202eb\u2066c", "a\\u202eb\\u2066c")]
    [TestCase("a\r\nb\tc", "a\\u000d\\u000ab\\u0009c")]
    [TestCase("a\u2028b\u007f", "a\\u2028b\\u007f")]
    [TestCase("zero\u200bwidth\ufeff", "zero\\u200bwidth\\ufeff")]
    [TestCase("tag\U000E0041", "tag\\udb40\\udc41")]
    public void Terminal_control_characters_are_escaped(string text, string safe) =>
        Assert.That(SafeText.OneLine(text), Is.EqualTo(safe));

    [Test]
    public void A_lone_surrogate_is_escaped() => Assert.That(SafeText.OneLine("lone" + (char)0xd800), Is.EqualTo("lone\\ud800"));

    [Test]
    public void Line_ends_are_the_only_control_characters_kept_in_lines() =>
        Assert.That(SafeText.Lines("a\nb\r\u001b"), Is.EqualTo("a\nb\\u000d\\u001b"));

    [Test]
    public void Text_without_anything_to_escape_is_the_same_object()
    {
        const string text = "host-a 😀";
        Assert.That(SafeText.OneLine(text), Is.SameAs(text));
    }

    [Test]
    public void Bidirectional_marks_in_JSON_become_JSON_escapes()
    {
        var safe = SafeText.Json("{\"node\":\"a\u202eb\",\"arrow\":\"→\"}\n"u8);

        Assert.That(Encoding.UTF8.GetString(safe), Is.EqualTo("{\"node\":\"a\\u202eb\",\"arrow\":\"→\"}\n"));
    }

    [Test]
    public void No_text_keeps_a_terminal_control_character() =>
        Prop.ForAll(
            ArbMap.Default.ArbFor<string?>(),
            text => !SafeText.OneLine(text ?? "").Any(SafeText.IsUnsafe)).Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true));
}
