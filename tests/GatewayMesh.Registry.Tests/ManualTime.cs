namespace GatewayMesh.Registry.Tests;

/// <summary>A clock that moves only when a test moves it. The wall clock can jump separately.</summary>
internal sealed class ManualTime : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<ManualTimer> _timers = [];
    private long _ticks = TimeSpan.TicksPerDay;
    private DateTimeOffset _wall = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp()
    {
        lock (_lock)
        {
            return _ticks;
        }
    }

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
        {
            return _wall;
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        lock (_lock)
        {
            var timer = new ManualTimer(this, () => callback(state), dueTime, period);
            _timers.Add(timer);
            return timer;
        }
    }

    public void JumpWallClock(TimeSpan by)
    {
        lock (_lock)
        {
            _wall += by;
        }
    }

    public void Advance(TimeSpan by)
    {
        List<Action> due;
        lock (_lock)
        {
            _ticks += by.Ticks;
            _wall += by;
            due = [.. _timers.Where(timer => timer.IsDue(_ticks)).Select(timer => (Action)timer.Fire)];
        }

        due.ForEach(fire => fire());
    }

    private sealed class ManualTimer(ManualTime owner, Action callback, TimeSpan dueTime, TimeSpan period) : ITimer
    {
        private long _due = owner._ticks + dueTime.Ticks;

        public bool IsDue(long now) => _due <= now;

        public void Fire()
        {
            lock (owner._lock)
            {
                _due = owner._ticks + period.Ticks;
            }

            callback();
        }

        public bool Change(TimeSpan dueTime, TimeSpan period) => throw new NotSupportedException();

        public void Dispose()
        {
            lock (owner._lock)
            {
                _ = owner._timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
