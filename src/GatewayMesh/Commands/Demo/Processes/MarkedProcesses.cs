using System.Globalization;
using System.Text;
using GatewayMesh.Linux;

namespace GatewayMesh.Commands.Demo.Processes;

/// <summary>
/// Finds every process that a demo brought about, however far down and whether or not its parent lives: they all inherit one
/// variable. A worker whose guard was killed is nobody's child, and must not stay behind.
/// </summary>
internal static class MarkedProcesses
{
    /// <summary>The variable; not one of <c>GATEWAYMESH_…</c>, which are configuration.</summary>
    public const string Variable = "MESH_DEMO";

    /// <summary>Process ids of those marked with <paramref name="mark"/>, this process left out.</summary>
    public static IReadOnlyList<int> Find(string mark)
    {
        var wanted = Encoding.UTF8.GetBytes($"{Variable}={mark}\0");
        return
        [
            .. Directory.EnumerateDirectories("/proc")
                .Select(folder => int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? pid : 0)
                .Where(pid => pid > 0 && pid != Environment.ProcessId && IsMarked(pid, wanted)),
        ];
    }

    /// <summary>Kills them all; the result is how many there were.</summary>
    public static int Kill(string mark)
    {
        var wanted = Encoding.UTF8.GetBytes($"{Variable}={mark}\0");
        var killed = 0;
        foreach (var pid in Find(mark))
        {
            // Looked at again once it is held: a number may have gone to a stranger meanwhile.
            using var process = ProcessHandle.Find(pid);
            killed += process is not null && IsMarked(pid, wanted) && process.Signal(ProcessSignal.Kill) ? 1 : 0;
        }

        return killed;
    }

    private static bool IsMarked(int pid, byte[] wanted)
    {
        try
        {
            return File.ReadAllBytes($"/proc/{pid.ToString(CultureInfo.InvariantCulture)}/environ").AsSpan().IndexOf(wanted) >= 0;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false; // It has just ended, or is somebody else's.
        }
    }
}
