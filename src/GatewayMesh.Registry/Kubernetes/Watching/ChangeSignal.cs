namespace GatewayMesh.Registry.Kubernetes.Watching;

/// <summary>
/// Joins the notifications of several watches: however many changes arrive, the one consumer continues at most once per interval, and never
/// while it is busy. The first change after a quiet time is not delayed.
/// </summary>
/// <param name="interval">Shortest time between two continuations.</param>
/// <param name="time">Clock of the interval.</param>
public sealed class ChangeSignal(TimeSpan interval, TimeProvider time) : IDisposable
{
    // At most one permit: further changes join the one that waits.
    private readonly SemaphoreSlim _changed = new(0, 1);
    private readonly Lock _lock = new();
    private long? _continuedAt;

    /// <summary>Reports a change. Quick, never throws, may be called by any thread.</summary>
    public void Raise()
    {
        lock (_lock)
        {
            if (_changed.CurrentCount == 0)
            {
                _ = _changed.Release();
            }
        }
    }

    /// <summary>Returns when there is a change and the interval has passed. For one consumer.</summary>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    public async Task WaitAsync(CancellationToken cancellation)
    {
        await _changed.WaitAsync(cancellation).ConfigureAwait(false);
        if (_continuedAt is { } last && interval - time.GetElapsedTime(last) is var left && left > TimeSpan.Zero)
        {
            await Task.Delay(left, time, cancellation).ConfigureAwait(false);
        }

        // What arrived during the delay is part of this continuation.
        _ = await _changed.WaitAsync(TimeSpan.Zero, CancellationToken.None).ConfigureAwait(false);
        _continuedAt = time.GetTimestamp();
    }

    /// <inheritdoc/>
    public void Dispose() => _changed.Dispose();
}
