using GatewayMesh.Commands.Terminal;

namespace GatewayMesh.Tests.Commands.Terminal;

internal sealed class TextTableTests
{
    [Test]
    public void Columns_line_up_and_lines_end_without_spaces() =>
        Assert.That(Table().Lines(Paint.Off), Is.EqualTo(new[] { "NODE    TIER", "host-a  sidecar", "b       gateway" }));

    [Test]
    public void Colours_do_not_move_columns() =>
        Assert.That(Table().Lines(new Paint(true)).Last(), Is.EqualTo("b       \e[33mgateway\e[0m"));

    [Test]
    public void A_narrow_terminal_cuts_text_but_no_colour() =>
        Assert.That(Table().Lines(new Paint(true), width: 10).Last(), Is.EqualTo("b       \e[33mga\e[0m"));

    [Test]
    public void A_writer_that_is_no_terminal_gets_no_colour() =>
        Assert.That(Paint.For(new StringWriter()).IsOn, Is.False);

    private static TextTable Table()
    {
        var table = new TextTable("NODE", "TIER");
        table.Add("host-a", "sidecar");
        table.Add("b", new Cell("gateway", Hue.Warn));
        return table;
    }
}
