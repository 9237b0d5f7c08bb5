using System.Text;

namespace GatewayMesh.Commands.Terminal;

/// <summary>Rows whose columns line up.</summary>
internal sealed class TextTable(params string[] headings)
{
    private readonly List<Cell[]> _rows = [];

    /// <summary>Adds a row; cells beyond it are empty.</summary>
    public void Add(params Cell[] cells) => _rows.Add(cells);

    /// <summary>The lines, without the spaces that would end them.</summary>
    public IEnumerable<string> Lines(Paint paint)
    {
        var all = headings.All(heading => heading.Length == 0)
            ? _rows
            : _rows.Prepend([.. headings.Select(heading => new Cell(heading, Hue.Faint))]);
        var widths = new int[headings.Length];
        foreach (var row in all)
        {
            for (var i = 0; i < row.Length; i++)
            {
                widths[i] = Math.Max(widths[i], row[i].Text.Length);
            }
        }

        return all.Select(row => Line(row, widths, paint));
    }

    private static string Line(Cell[] row, int[] widths, Paint paint)
    {
        var line = new StringBuilder();
        for (var i = 0; i < row.Length; i++)
        {
            var isLast = i == row.Length - 1;
            line.Append(paint.Text(row[i].Text, row[i].Hue)).Append(' ', isLast ? 0 : widths[i] - row[i].Text.Length + 2);
        }

        return line.ToString().TrimEnd(' ');
    }
}
