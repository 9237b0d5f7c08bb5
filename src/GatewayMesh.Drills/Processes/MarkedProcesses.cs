using System.Globalization;
using System.Text;
using GatewayMesh.Linux;

namespace GatewayMesh.Drills.Processes;

/// <summary>
/// Finds all descendants of a demo or scenario, however deep, even when the parent has died: they all inherit one variable.
/// A worker whose guard was killed has no parent left to end it, and must not stay behind.
/// </summary>
internal static class MarkedProcesses
{
    /// <summary>The variable. Not named <c>GATEWAYMESH_…</c>: those are configuration.</summary>
    public const string Variable = "MESH_DEMO";

    /// <summary>Process ids of the processes marked with <paramref name="mark"/>, except this process.</summary>
    public static IReadOnlyList<int> Find(string mark)
    {
        var wanted = Encoding.UTF8.GetBytes($"{Variable}={mark}\0");
        return
        [
            .. Directory.EnumerateDirectories("/proc")
                .Select(
                    folder => int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
                        ? pid
                        : 0)
                .Where(pid => pid > 0 && pid != Environment.ProcessId && IsMarked(pid, wanted)),
        ];
    }

    /// <summary>Kills all marked processes and returns their number.</summary>
    public static int Kill(string mark)
    {
        var wanted = Encoding.UTF8.GetBytes($"{Variable}={mark}\0");
        var killed = 0;
        foreach (var pid in Find(mark))
        {
            // Checked again under the pidfd: the process id may have been reused meanwhile.
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
            return false; // The process has just ended, or belongs to another user.
        }
    }
}
