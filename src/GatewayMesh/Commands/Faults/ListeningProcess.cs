using System.Globalization;

namespace GatewayMesh.Commands.Faults;

/// <summary>Finds who listens on a TCP port of this host, as <c>ss -ltnp</c> does.</summary>
internal static class ListeningProcess
{
    private const string Listening = "0A";

    /// <summary>Its process id; null when nobody does, or when it is somebody's whose processes we may not look at.</summary>
    public static int? Of(int port)
    {
        var sockets = Inodes(port).Select(inode => $"socket:[{inode}]").ToHashSet();
        return sockets.Count == 0 ? null : Directory.EnumerateDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? pid : 0)
            .Where(pid => pid > 0 && Holds(pid, sockets))
            .Select(pid => (int?)pid)
            .FirstOrDefault();
    }

    // Local address is the second field, state the fourth, the inode the tenth.
    private static IEnumerable<string> Inodes(int port)
    {
        var suffix = string.Create(CultureInfo.InvariantCulture, $":{port:X4}");
        foreach (var table in (string[])["/proc/net/tcp", "/proc/net/tcp6"])
        {
            foreach (var line in File.Exists(table) ? File.ReadLines(table).Skip(1) : [])
            {
                if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is { Length: > 9 } fields && fields[3] == Listening && fields[1].EndsWith(suffix, StringComparison.Ordinal))
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
            return Directory.EnumerateFiles(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/fd")).Any(file => new FileInfo(file).LinkTarget is { } target && sockets.Contains(target));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false; // It has just ended, or is somebody else's.
        }
    }
}
