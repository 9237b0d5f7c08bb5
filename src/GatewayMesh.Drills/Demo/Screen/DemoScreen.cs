using GatewayMesh.Configuration.Values;
using GatewayMesh.Drills.Demo.Traffic;
using GatewayMesh.Terminal.Output;

namespace GatewayMesh.Drills.Demo.Screen;

/// <summary>Screen of the demo: a table redrawn in place on a terminal, otherwise one line per event.</summary>
internal sealed class DemoScreen(TextWriter output, DemoPlan plan, TimeProvider time)
{
    private const int EventLines = 8;
    private readonly Lock _lock = new();
    private readonly Paint _paint = Paint.For(output);
    private readonly bool _isLive = Paint.IsTerminal(output);
    private readonly TextWriter _terminal = (output as SafeWriter)?.Inner ?? output; // moves the cursor, so each line is sanitized here
    private readonly List<string> _events = [];
    private readonly Dictionary<string, string> _last = [];
    private long _started = time.GetTimestamp();
    private int _drawn;

    /// <summary>Columns of the terminal that a line may fill. Default, when the terminal does not say: 120.</summary>
    public static int Width() => Console.WindowWidth is > 20 and var width ? width - 1 : 120;

    /// <summary>Starts the clock of the times shown.</summary>
    public void Begin() => _started = time.GetTimestamp();

    /// <summary>Shows an event.</summary>
    public void Tell(DemoEvent happened)
    {
        lock (_lock)
        {
            // One event is one line, whatever a node or a log contains.
            happened = new DemoEvent(SafeText.OneLine(happened.Node), SafeText.OneLine(happened.Text));

            // The time is read under the lock, so events of several threads appear in order.
            var at = time.GetElapsedTime(_started).TotalSeconds;
            var line = string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"{at,6:0.0} s  {(happened.Node.Length > 0 ? $"{happened.Node}: {happened.Text}" : _paint.Text($"▶ {happened.Text}", TextStyle.Strong))}");
            _events.Add(line);
            if (happened.Node.Length > 0)
            {
                _last[happened.Node] = happened.Text;
            }

            if (!_isLive)
            {
                output.WriteLine(line);
                output.Flush();
            }
        }
    }

    /// <summary>Draws the table on a terminal.</summary>
    public void Draw(MeshWatch watch, PartTallies tallies)
    {
        if (!_isLive)
        {
            return;
        }

        lock (_lock)
        {
            var width = Width();
            var lines = new List<string> { "" };
            lines.AddRange(
                DemoTable.Of(
                    plan.Nodes.Select(node => new NodeView(node, watch[node.Name], _last.GetValueOrDefault(node.Name, ""))),
                    width).Lines(_paint, width));
            lines.Add("");
            lines.AddRange(DemoReport.Table(tallies.Parts, width).Lines(_paint, width));
            lines.Add("");

            // Rows beyond the screen cannot be redrawn.
            var room = Math.Clamp(Height() - lines.Count - 1, 1, EventLines);
            lines.AddRange(_events.TakeLast(room).Select(line => Clip(line, width)));

            // Moves up over the previous table and clears from there; the scrollback keeps the lines above.
            _terminal.Write(_drawn > 0 ? $"\e[{_drawn}A\e[J" : "");
            _terminal.WriteLine(string.Join(Environment.NewLine, lines.Select(line => SafeWriter.Clean(line, _paint.IsOn))));
            _terminal.Flush();
            _drawn = lines.Count;
        }
    }

    // Only plain event lines can be cut without breaking a color; colored lines are short announcements.
    private static string Clip(string line, int width) => line.Length > width && !line.Contains('\e') ? line[..width] : line;

    private static int Height() => Console.WindowHeight is > 5 and var height ? height : 24;
}
