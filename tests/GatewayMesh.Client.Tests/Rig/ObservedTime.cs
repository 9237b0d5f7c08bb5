using Microsoft.Extensions.Time.Testing;

namespace GatewayMesh.Client.Tests.Rig;

/// <summary>A fake clock that counts its active timers, which FakeTimeProvider does not show.</summary>
internal sealed class ObservedTime : FakeTimeProvider
{
    private int _waiting;

    /// <summary>Number of active timers.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new ObservedTimer(this, callback, state, dueTime, period);

    private ITimer CreateInner(TimerCallback callback, TimeSpan dueTime, TimeSpan period) =>
        base.CreateTimer(callback, null, dueTime, period);

    private sealed class ObservedTimer : ITimer
    {
        private readonly ObservedTime _owner;
        private readonly ITimer _timer;
        private int _isActive;

        public ObservedTimer(ObservedTime owner, TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _owner = owner;
            Set(dueTime != Timeout.InfiniteTimeSpan);
            _timer = owner.CreateInner(
                _ =>
                {
                    Set(period != Timeout.InfiniteTimeSpan);
                    callback(state);
                },
                dueTime,
                period);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Set(dueTime != Timeout.InfiniteTimeSpan);
            return _timer.Change(dueTime, period);
        }

        public void Dispose()
        {
            _timer.Dispose();
            Set(active: false);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Set(bool active)
        {
            var now = active ? 1 : 0;
            Interlocked.Add(ref _owner._waiting, now - Interlocked.Exchange(ref _isActive, now));
        }
    }
}
