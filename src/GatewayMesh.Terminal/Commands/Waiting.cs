namespace GatewayMesh.Terminal.Commands;

/// <summary>Polls for a condition of another process.</summary>
public static class Waiting
{
    /// <summary>Polls until <paramref name="condition"/> holds. False after <paramref name="limit"/> or when cancelled.</summary>
    public static bool Until(Func<bool> condition, TimeSpan every, TimeSpan limit, TimeProvider time, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            if (condition())
            {
                return true;
            }

            if (time.GetElapsedTime(started) >= limit || cancellation.WaitHandle.WaitOne(every))
            {
                return false;
            }
        }
    }
}
