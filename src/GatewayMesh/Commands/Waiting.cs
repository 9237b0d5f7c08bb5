namespace GatewayMesh.Commands;

/// <summary>Waits for what another process does.</summary>
internal static class Waiting
{
    /// <summary>Asks again and again until <paramref name="condition"/> holds; false when <paramref name="limit"/> is over or it was cancelled.</summary>
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
