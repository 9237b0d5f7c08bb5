using System.Collections.Concurrent;
using System.Globalization;

namespace GatewayMesh.Linux;

/// <summary>
/// Reads with a deadline. A disk or a network share that hangs holds up whoever reads from it, and nothing ends that wait; so the reading is done on a thread of
/// its own, and its caller goes on without it. At most one thread is lost for each path.
/// </summary>
public static class TimedRead
{
    // A guard reads too and has little memory.
    private const int Stack = 256 * 1024;

    private static readonly ConcurrentDictionary<string, long> Blocked = new(StringComparer.Ordinal);

    /// <summary>The time that a read may take: 5 s.</summary>
    public static TimeSpan Limit { get; } = TimeSpan.FromSeconds(5);

    /// <summary>What <paramref name="read"/> returns or throws, when that takes no longer than <paramref name="limit"/>.</summary>
    /// <param name="path">What is read, for the message. While an earlier read of it is blocked, no further one begins.</param>
    /// <param name="limit">The time that it may take.</param>
    /// <param name="read">The reading. It may go on after this call has given up, so it must hold no lock that anybody else needs.</param>
    /// <exception cref="IOException">It took longer, or an earlier one still goes on.</exception>
    public static T Run<T>(string path, TimeSpan limit, Func<T> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        if (Blocked.TryGetValue(path, out var since))
        {
            throw Late(path, TimeSpan.FromMilliseconds(Environment.TickCount64 - since) + limit);
        }

        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(
            () =>
            {
                try
                {
                    result.SetResult(read());
                }
                catch (Exception failure)
                {
                    result.SetException(failure);
                }

                _ = Blocked.TryRemove(path, out _);
            },
            Stack) { IsBackground = true, Name = "timed read" };
        thread.Start();
        if (!Ended(result.Task, limit))
        {
            Blocked[path] = Environment.TickCount64;
            if (result.Task.IsCompleted)
            {
                // It ended between the two lines, and may not have seen the mark.
                _ = Blocked.TryRemove(path, out _);
            }

            throw Late(path, limit);
        }

        return result.Task.GetAwaiter().GetResult();
    }

    private static bool Ended(Task task, TimeSpan limit)
    {
        try
        {
            return task.Wait(limit);
        }
        catch (AggregateException)
        {
            // The caller gets what was thrown, as it was.
            return true;
        }
    }

    private static IOException Late(string path, TimeSpan time) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{path}: a read has been blocked for {time.TotalSeconds:0} s; check the disk or the network share"));
}
