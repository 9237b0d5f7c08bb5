using System.Collections.Concurrent;
using System.Globalization;

namespace GatewayMesh.Linux;

/// <summary>
/// Reads with a deadline. A blocked disk or network share blocks its reader, and nothing cancels that wait; so the read runs on a thread of
/// its own, and the caller continues without it. At most one thread is lost per path. A thread that has read waits a while for the next
/// read.
/// </summary>
public static class TimedRead
{
    private static readonly ConcurrentDictionary<string, long> Blocked = new(StringComparer.Ordinal);

    private static ReusableThread? Free;

    /// <summary>Maximum time of a read: 5 s.</summary>
    public static TimeSpan Limit { get; } = TimeSpan.FromSeconds(5);

    /// <summary>Returns or throws the result of <paramref name="read"/> if it completes within <paramref name="limit"/>.</summary>
    /// <param name="path">Path that is read, for the message. While an earlier read of the path is blocked, no other read starts.</param>
    /// <param name="limit">Maximum time of the read.</param>
    /// <param name="read">The read. It may continue after this call has given up, so it must not hold a lock that other code needs.</param>
    /// <exception cref="IOException">The read timed out, or an earlier read is still blocked.</exception>
    public static T Run<T>(string path, TimeSpan limit, Func<T> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        if (Blocked.TryGetValue(path, out var since))
        {
            throw Late(path, TimeSpan.FromMilliseconds(Environment.TickCount64 - since) + limit);
        }

        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = Interlocked.Exchange(ref Free, null);
        Action work = () =>
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
        };
        if (thread?.TryRun(work) != true)
        {
            thread = new ReusableThread(work);
        }

        if (!Ended(result.Task, limit))
        {
            Blocked[path] = Environment.TickCount64;
            if (result.Task.IsCompleted)
            {
                // The read ended between the two lines and may not have seen the mark.
                _ = Blocked.TryRemove(path, out _);
            }

            throw Late(path, limit);
        }

        Volatile.Write(ref Free, thread);
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
            // The caller receives the original exception.
            return true;
        }
    }

    private static IOException Late(string path, TimeSpan time) =>
        new(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{path}: a read has been blocked for {time.TotalSeconds:0} s; check the disk or the network share"));
}
