using GatewayMesh.Terminal.Output;

namespace GatewayMesh.Tests.Terminal.Output;

internal sealed class TextTableTests
{
    [Test]
    public void Columns_align_and_lines_have_no_trailing_spaces() =>
        Assert.That(Table().Lines(Paint.Off), Is.EqualTo(new[] { "NODE    TIER", "host-a  sidecar", "b       gateway" }));

    [Test]
    public void Colors_do_not_shift_columns() =>
        Assert.That(Table().Lines(new Paint(true)).Last(), Is.EqualTo("b       \e[33mgateway\e[0m"));

    [Test]
    public void Narrow_terminal_cuts_text_but_not_colors() =>
        Assert.That(Table().Lines(new Paint(true), width: 10).Last(), Is.EqualTo("b       \e[33mga\e[0m"));

    [Test]
    public void Writer_that_is_not_a_terminal_gets_no_color() =>
        Assert.That(Paint.For(new StringWriter()).IsOn, Is.False);

    private static TextTable Table()
    {
        var table = new TextTable("NODE", "TIER");
        table.Add("host-a", "sidecar");
        table.Add("b", new Cell("gateway", TextStyle.Warn));
        return table;
    }
}
