using System.Globalization;

namespace GatewayMesh.Bench.Processes;

/// <summary>A process as <c>/proc/PID/stat</c> shows it.</summary>
internal sealed record ProcStat(int Pid, string Name, int Parent)
{
    /// <summary>Reads the line. The name may contain blanks and brackets.</summary>
    public static ProcStat Parse(string line)
    {
        var (open, close) = (line.IndexOf('('), line.LastIndexOf(')'));
        var fields = line[(close + 2)..].Split(' ');
        return new(
            int.Parse(line.AsSpan(0, open - 1), CultureInfo.InvariantCulture),
            line[(open + 1)..close],
            int.Parse(fields[1], CultureInfo.InvariantCulture));
    }

    /// <summary>All processes of the machine that this one may see.</summary>
    public static IReadOnlyList<ProcStat> All()
    {
        var found = new List<ProcStat>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out _))
            {
                try
                {
                    found.Add(Parse(File.ReadAllText(Path.Combine(folder, "stat"))));
                }
                catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
                {
                }
            }
        }

        return found;
    }
}
