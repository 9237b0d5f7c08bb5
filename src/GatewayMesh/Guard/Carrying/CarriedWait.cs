namespace GatewayMesh.Guard.Carrying;

/// <summary>Waits until the guard carries no connection, and ends quiet connections meanwhile.</summary>
/// <param name="open">Returns the number of carried connections.</param>
/// <param name="endQuiet">Ends the connections that are quiet now.</param>
/// <param name="time">Clock of the wait.</param>
internal sealed class CarriedWait(Func<long> open, Action endQuiet, TimeProvider time)
{
    /// <summary>Maximum time of the wait: 20 s.</summary>
    internal static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <summary>Time between two looks: 50 ms.</summary>
    internal static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(50);

    /// <summary>Returns true as soon as nothing is carried while a worker serves, and false after <see cref="Limit"/>.</summary>
    /// <param name="workerServes">True while a worker serves, so that no new connection is carried.</param>
    internal async Task<bool> EndsAsync(Func<bool> workerServes)
    {
        var began = time.GetTimestamp();
        while (time.GetElapsedTime(began) < Limit)
        {
            if (workerServes() && open() == 0)
            {
                return true;
            }

            endQuiet();
            await Task.Delay(Pace, time).ConfigureAwait(false);
        }

        return false;
    }
}
