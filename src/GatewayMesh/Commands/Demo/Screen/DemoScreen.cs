using GatewayMesh.Commands.Demo.Traffic;
using GatewayMesh.Commands.Terminal;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Commands.Demo.Screen;

/// <summary>Shows the demo: on a terminal a table that is drawn anew in place, elsewhere a line for each event.</summary>
internal sealed class DemoScreen(TextWriter output, DemoPlan plan, TimeProvider time)
{
    private const int EventLines = 8;
    private readonly Lock _lock = new();
    private readonly Paint _paint = Paint.For(output);
    private readonly bool _isLive = Paint.IsTerminal(output);
    private readonly TextWriter _terminal = (output as SafeWriter)?.Inner ?? output; // moves the cursor, so that each line is made safe here
    private readonly List<string> _events = [];
    private readonly Dictionary<string, string> _last = [];
    private long _started = time.GetTimestamp();
    private int _drawn;

    /// <summary>Times are shown from now on.</summary>
    public void Begin() => _started = time.GetTimestamp();

    /// <summary>Something happened.</summary>
    public void Tell(DemoEvent happened)
    {
        lock (_lock)
        {
            // One event is one line, whatever a node or a log says.
            happened = new DemoEvent(SafeText.OneLine(happened.Node), SafeText.OneLine(happened.Text));

            // The time is taken in here: events of several threads stand in its order.
            var at = time.GetElapsedTime(_started).TotalSeconds;
            var line = string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"{at,6:0.0} s  {(happened.Node.Length > 0 ? $"{happened.Node}: {happened.Text}" : _paint.Text($"▶ {happened.Text}", Hue.Strong))}");
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

    /// <summary>Draws the table, on a terminal.</summary>
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
            lines.AddRange(DemoTable.Of(plan.Nodes.Select(node => new NodeView(node, watch[node.Name], _last.GetValueOrDefault(node.Name, ""))), width).Lines(_paint, width));
            lines.Add("");
            lines.AddRange(DemoReport.Table(tallies.Parts, width).Lines(_paint, width));
            lines.Add("");

            // What does not fit on the screen cannot be drawn over.
            var room = Math.Clamp(Height() - lines.Count - 1, 1, EventLines);
            lines.AddRange(_events.TakeLast(room).Select(line => Clip(line, width)));

            // Up over what was drawn before, and clear from there: the scrollback keeps what stood above.
            _terminal.Write(_drawn > 0 ? $"\e[{_drawn}A\e[J" : "");
            _terminal.WriteLine(string.Join(Environment.NewLine, lines.Select(line => SafeWriter.Clean(line, _paint.IsOn))));
            _terminal.Flush();
            _drawn = lines.Count;
        }
    }

    // Only plain event lines can be cut without cutting a colour in two; a coloured one is an announcement, and short.
    private static string Clip(string line, int width) => line.Length > width && !line.Contains('\e') ? line[..width] : line;

    private static int Height() => Console.WindowHeight is > 5 and var height ? height : 24;

    private static int Width() => Console.WindowWidth is > 20 and var width ? width - 1 : 120;
}
