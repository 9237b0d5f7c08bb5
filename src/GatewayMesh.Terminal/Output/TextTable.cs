using System.Text;

namespace GatewayMesh.Terminal.Output;

/// <summary>A text table with aligned columns.</summary>
public sealed class TextTable(params string[] headings)
{
    private readonly List<Cell[]> _rows = [];

    /// <summary>Adds a row. Missing cells are empty.</summary>
    public void Add(params Cell[] cells) => _rows.Add(cells);

    /// <summary>Returns the lines, without trailing spaces and no longer than <paramref name="width"/>.</summary>
    public IEnumerable<string> Lines(Paint paint, int width = int.MaxValue)
    {
        var all = headings.All(heading => heading.Length == 0)
            ? _rows
            : _rows.Prepend([.. headings.Select(heading => new Cell(heading, TextStyle.Faint))]);
        var widths = new int[headings.Length];
        foreach (var row in all)
        {
            for (var i = 0; i < row.Length; i++)
            {
                widths[i] = Math.Max(widths[i], row[i].Text.Length);
            }
        }

        return all.Select(row => Line(row, widths, paint, width));
    }

    // Cut per cell, before coloring: an escape sequence has no width.
    private static string Line(Cell[] row, int[] widths, Paint paint, int width)
    {
        var line = new StringBuilder();
        var used = 0;
        for (var i = 0; i < row.Length && used < width; i++)
        {
            var text = row[i].Text.Length > width - used ? row[i].Text[..(width - used)] : row[i].Text;
            var gap = i == row.Length - 1 ? 0 : Math.Min(widths[i] - row[i].Text.Length + 2, width - used - text.Length);
            line.Append(paint.Text(text, row[i].TextStyle)).Append(' ', gap);
            used += text.Length + gap;
        }

        return line.ToString().TrimEnd(' ');
    }
}
