using System.Globalization;

namespace GatewayMesh.Drills.Faults;

/// <summary>Finds the process that listens on a TCP port of this host, like <c>ss -ltnp</c>.</summary>
internal static class ListeningProcess
{
    private const string Listening = "0A";

    /// <summary>The process id; null when no process listens, or when its details are not readable by this user.</summary>
    public static int? Of(int port)
    {
        var sockets = Inodes(port).Select(inode => $"socket:[{inode}]").ToHashSet();
        return sockets.Count == 0 ? null : Directory.EnumerateDirectories("/proc")
            .Select(
                folder => int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? pid : 0)
            .Where(pid => pid > 0 && Holds(pid, sockets))
            .Select(pid => (int?)pid)
            .FirstOrDefault();
    }

    // The local address is the second field, the state the fourth, the inode the tenth.
    private static IEnumerable<string> Inodes(int port)
    {
        var suffix = string.Create(CultureInfo.InvariantCulture, $":{port:X4}");
        foreach (var table in (string[])["/proc/net/tcp", "/proc/net/tcp6"])
        {
            foreach (var line in File.Exists(table) ? File.ReadLines(table).Skip(1) : [])
            {
                if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is { Length: > 9 } fields
                    && fields[3] == Listening
                    && fields[1].EndsWith(suffix, StringComparison.Ordinal))
                {
                    yield return fields[9];
                }
            }
        }
    }

    private static bool Holds(int pid, HashSet<string> sockets)
    {
        try
        {
            return Directory.EnumerateFiles(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/fd")).Any(
                file => new FileInfo(file).LinkTarget is { } target && sockets.Contains(target));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false; // The process has just ended, or belongs to another user.
        }
    }
}
