using System.Globalization;
using System.Runtime.InteropServices;

namespace GatewayMesh.MeshTests.Meshes;

/// <summary>Reads /proc of other processes and sends signals.</summary>
internal static partial class ProcessTable
{
    public const int Hangup = 1;
    public const int Interrupt = 2;
    public const int Kill = 9;
    public const int Terminate = 15;
    public const int Continue = 18;
    public const int Stop = 19;

    /// <summary>Sends a signal. A missing process is not an error.</summary>
    public static void Signal(int pid, int signal) => _ = SendSignal(pid, signal);

    /// <summary>Running processes (not zombies) whose environment holds <paramref name="entry"/>: the processes of one mesh.</summary>
    public static IReadOnlyList<int> WithEnvironment(string entry) =>
        [.. Pids().Where(pid => State(pid) is not null and not 'Z' && Read(pid, "environ").Split('\0').Contains(entry))];

    /// <summary>Children of a process.</summary>
    public static IReadOnlyList<int> Children(int parent) =>
        [.. Pids().Where(pid => Field(pid, 1) == parent.ToString(CultureInfo.InvariantCulture))];

    /// <summary>R, S, D, T, Z …, or null when the process is gone.</summary>
    public static char? State(int pid) => Field(pid, 0) is [var state, ..] ? state : null;

    /// <summary>Command line of a process.</summary>
    public static string CommandLine(int pid) => Read(pid, "cmdline").Replace('\0', ' ');

    /// <summary>Executable of a process, as named by the kernel.</summary>
    public static string? Executable(int pid) => File.ResolveLinkTarget($"/proc/{pid}/exe", returnFinalTarget: false)?.FullName;

    /// <summary>Blocked signals of the first thread, as the mask in /proc/PID/status; null when the process is gone.</summary>
    public static ulong? BlockedSignals(int pid) =>
        Array.Find(Read(pid, "status").Split('\n'), line => line.StartsWith("SigBlk:", StringComparison.Ordinal)) is { } line
            ? ulong.Parse(
                line["SigBlk:".Length..], NumberStyles.HexNumber | NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture) : null;

    /// <summary>True if the program was executed with a variable that begins with <paramref name="beginning"/>.</summary>
    public static bool HasVariable(int pid, string beginning) =>
        Array.Exists(Read(pid, "environ").Split('\0'), variable => variable.StartsWith(beginning, StringComparison.Ordinal));

    /// <summary>Length of the executable in bytes, even if its name is gone.</summary>
    public static long LengthOfExecutable(int pid)
    {
        using var file = File.OpenRead($"/proc/{pid}/exe");
        return file.Length;
    }

    // The fields after the name in /proc/PID/stat: the name may contain blanks and brackets.
    private static string? Field(int pid, int index)
    {
        var stat = Read(pid, "stat");
        var end = stat.LastIndexOf(')');
        return end < 0 ? null : stat[(end + 2)..].Split(' ')[index];
    }

    private static IEnumerable<int> Pids() =>
        Directory.EnumerateDirectories("/proc").Select(Path.GetFileName)
            .Select(name => int.TryParse(name, CultureInfo.InvariantCulture, out var pid) ? pid : 0).Where(pid => pid > 0);

    private static string Read(int pid, string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/{file}");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int pid, int signal);
}
