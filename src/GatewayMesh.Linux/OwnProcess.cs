using System.Globalization;
using System.Text;

namespace GatewayMesh.Linux;

/// <summary>
/// Distinguishes a process of this program from an unrelated process with the same id (proc_pid_exe(5), proc_pid_cmdline(5),
/// proc_pid_status(5)). Call after <see cref="ProcessHandle.Find"/>: the inspected process is then the one of the pidfd, or has ended.
/// </summary>
public static class OwnProcess
{
    private const string Program = "gatewaymesh";
    private const string Deleted = " (deleted)"; // the kernel's suffix for a replaced file, as after an upgrade

    /// <summary>True if the process is this program in <paramref name="role"/>, run by this user (root may accept any user).</summary>
    /// <param name="pid">Process id.</param>
    /// <param name="role"><c>worker</c>, or the role of the command line; a command line without a role matches any role.</param>
    public static bool Is(int pid, string role)
    {
        if (!IsOf(pid, name => name == Program || name == Path.GetFileName(Environment.ProcessPath)))
        {
            return false;
        }

        var arguments = ArgumentsOf(pid);
        if (role == "worker" || arguments is ["worker", ..])
        {
            return role == "worker" && arguments is ["worker", ..];
        }

        var at = Array.IndexOf(arguments, "--role");
        var said = at >= 0 && at + 1 < arguments.Length ? arguments[at + 1]
            : Array.Find(arguments, argument => argument.StartsWith("--role=", StringComparison.Ordinal))?["--role=".Length..];
        return arguments is [['-', '-', ..], ..] && (said is null || said == role);
    }

    /// <summary>True if the process runs a file named <paramref name="program"/>, as this user (root may accept any user).</summary>
    public static bool IsNamed(int pid, string program) => IsOf(pid, name => name == program);

    private static bool IsOf(int pid, Predicate<string> isName)
    {
        try
        {
            var own = UserOf("self");
            return (own == "0" || own == UserOf(Number(pid)))
                && new FileInfo($"/proc/{Number(pid)}/exe").LinkTarget is { } file
                && isName(Path.GetFileName(file.EndsWith(Deleted, StringComparison.Ordinal) ? file[..^Deleted.Length] : file));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false; // The process has ended, or belongs to another user.
        }
    }

    private static string[] ArgumentsOf(int pid)
    {
        try
        {
            return Encoding.UTF8.GetString(
                File.ReadAllBytes($"/proc/{Number(pid)}/cmdline")).Split('\0', StringSplitOptions.RemoveEmptyEntries)[1..];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException)
        {
            return [];
        }
    }

    // The effective user is the second of four numbers.
    private static string UserOf(string pid) =>
        File.ReadLines($"/proc/{pid}/status")
            .First(line => line.StartsWith("Uid:", StringComparison.Ordinal))
            .Split('\t', StringSplitOptions.RemoveEmptyEntries)[2];

    private static string Number(int pid) => pid.ToString(CultureInfo.InvariantCulture);
}
