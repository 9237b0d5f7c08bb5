using System.Globalization;

namespace GatewayMesh.Linux;

/// <summary>Time that the threads of a process waited for a processor while runnable (<c>/proc/PID/task/TID/schedstat</c>).</summary>
public static class RunQueueWait
{
    /// <summary>Sum over all threads since their start; zero where the kernel does not count.</summary>
    public static TimeSpan Of(int pid)
    {
        var nanoseconds = 0L;
        try
        {
            foreach (var thread in Directory.EnumerateDirectories($"/proc/{pid}/task"))
            {
                nanoseconds += OfThread(Path.Combine(thread, "schedstat"));
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // The process has ended, or belongs to another user.
        }

        return TimeSpan.FromTicks(nanoseconds / 100);
    }

    // "time on a processor, time waiting for one, number of turns"
    private static long OfThread(string file)
    {
        try
        {
            return File.ReadAllText(file).Split(' ') is [_, var waited, ..]
                && long.TryParse(waited, CultureInfo.InvariantCulture, out var nanoseconds)
                ? nanoseconds
                : 0;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }
}
