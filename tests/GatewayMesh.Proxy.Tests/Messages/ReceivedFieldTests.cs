using GatewayMesh.Proxy.Http1;
using GatewayMesh.Proxy.Messages;
using GatewayMesh.Proxy.Tests.Http1;

namespace GatewayMesh.Proxy.Tests.Messages;

/// <summary>Lines of a table that are ranges of the received bytes.</summary>
public sealed class ReceivedFieldTests
{
    [Test]
    public void Received_lines_and_strings_are_found_alike()
    {
        var fields = Received("X-A: 1\r\nvia: a\r\nx-a: 2\r\nVia: b");
        fields.Add("X-a", "3");
        fields.Add("VIA", "c".AsSpan());
        using (Assert.EnterMultipleScope())
        {
            Assert.That(fields["x-A"].ToArray(), Is.EqualTo(["1", "2", "3"]));
            Assert.That(fields["via"].ToArray(), Is.EqualTo(["a", "b", "c"]));
            Assert.That(fields[KnownField.Via].ToArray(), Is.EqualTo(["a", "b", "c"]));
            Assert.That((fields.Contains("X-A"), fields.Contains("X-B"), fields.Contains("TE")), Is.EqualTo((true, false, false)));
            Assert.That((fields.HasSeveral(KnownField.Via), fields.HasSeveral(KnownField.Host)), Is.EqualTo((true, false)));
            Assert.That(WireText.Lines(fields), Is.EqualTo(["Host: a", "X-A: 1", "via: a", "x-a: 2", "Via: b", "X-a: 3", "VIA: c"]));
        }
    }

    [Test]
    public void Set_remove_and_add_change_received_lines()
    {
        var fields = Received("X-A: 1\r\nVia: a\r\nX-A: 2\r\nTE: x\r\nY: 1");
        fields.Set("x-a", "5");
        fields.Set("via", "1.1 me".AsSpan());
        fields.Set("New", "n".AsSpan());
        fields.Set("Newer", "m");
        fields.Remove("te");
        fields.Remove("absent");
        fields.RemoveWhere(static line => line.Name == "Y");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(WireText.Lines(fields), Is.EqualTo(["Host: a", "x-a: 5", "via: 1.1 me", "New: n", "Newer: m"]));
            Assert.That((fields.Contains("TE"), fields.Contains(KnownField.Via), fields.Contains("y")), Is.EqualTo((false, true, false)));
        }
    }

    [Test]
    public void Removing_lines_keeps_the_bytes_of_the_others()
    {
        var fields = Received("A: 1\r\nB: 2\r\nC: 3\r\nB: 4\r\nD: 5");
        fields.Remove("B");
        var text = new List<string>();
        foreach (var line in fields.Lines)
        {
            Assert.That(line.IsReceived, Is.True);
            text.Add(WireText.Text(line.NameBytes) + "=" + WireText.Text(line.ValueBytes));
        }

        Assert.That(text, Is.EqualTo(["Host=a", "A=1", "C=3", "D=5"]));
    }

    [Test]
    public void Composed_values_outgrow_the_received_bytes()
    {
        var fields = Received("A: 1");
        var value = new string('v', 2000);
        for (var i = 0; i < 10; i++)
        {
            fields.Add($"X-{i}", (value + i).AsSpan());
        }

        Assert.That(fields["X-9"].ToString(), Is.EqualTo(value + "9"));
        Assert.That(fields["A"].ToString(), Is.EqualTo("1"));
    }

    [Test]
    public void A_composed_value_beyond_Latin_1_stays_as_it_is()
    {
        var fields = Received("A: 1");
        fields.Add("X", "a→b".AsSpan());
        Assert.That(fields["X"].ToString(), Is.EqualTo("a→b"));
    }

    [Test]
    public void The_usual_spelling_of_a_name_is_one_string()
    {
        var fields = Received("User-Agent: a");
        foreach (var line in fields.Lines)
        {
            Assert.That(line.Name, Is.SameAs(KnownFields.NameOf(line.Known)));
        }
    }

    [Test]
    public void Text_of_the_previous_message_is_not_the_text_of_this_one()
    {
        var head = new RequestHead();
        var reader = new RequestReader(HeadLimits.Request);
        foreach (var word in (string[])["one", "two", "two", "longer", "ab", "ba"])
        {
            foreach (var letter in (char[])['a', '\u00E9', '\u00E9', '\u00E8'])
            {
                reader.Read(WireText.Bytes($"{word}X /{word} HTTP/1.1\r\nHost: a{word}\r\nX-{word}: {word}{letter}\r\n\r\n"), head);
                Assert.That(
                    (head.Method, head.Target, head.Host.ToString(), head.Fields["x-" + word].ToString()),
                    Is.EqualTo((word + "X", "/" + word, "a" + word, word + letter)));
            }
        }
    }

    private static FieldTable Received(string fields) => WireText.Head(WireText.Request(fields)).Fields;
}
