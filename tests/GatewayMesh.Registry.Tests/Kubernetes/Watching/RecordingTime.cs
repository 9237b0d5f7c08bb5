using System.Threading.Channels;
using GatewayMesh.Fixtures;
using Microsoft.Extensions.Time.Testing;

namespace GatewayMesh.Registry.Tests.Kubernetes.Watching;

/// <summary>Virtual time that tells which timers were armed, so that a test moves time only when the code under test waits.</summary>
internal sealed class RecordingTime : FakeTimeProvider
{
    private readonly Channel<TimeSpan> _armed = Channel.CreateUnbounded<TimeSpan>();

    /// <summary>Waits until a timer with such a time is armed, and returns the time.</summary>
    public async Task<TimeSpan> ArmedAsync(Func<TimeSpan, bool> which)
    {
        using var deadline = new CancellationTokenSource(Eventually.Deadline);
        while (true)
        {
            var due = await _armed.Reader.ReadAsync(deadline.Token);
            if (which(due))
            {
                return due;
            }
        }
    }

    /// <summary>Waits until a timer with this time is armed.</summary>
    public Task ArmedAsync(TimeSpan due) => ArmedAsync(armed => armed == due);

    /// <summary>Forgets the timers that were armed so far.</summary>
    public void Forget()
    {
        while (_armed.Reader.TryRead(out _))
        {
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        _ = _armed.Writer.TryWrite(dueTime);
        return new Recorded(timer, _armed.Writer);
    }

    private sealed class Recorded(ITimer timer, ChannelWriter<TimeSpan> armed) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            var changed = timer.Change(dueTime, period);
            _ = armed.TryWrite(dueTime);
            return changed;
        }

        public void Dispose() => timer.Dispose();

        public ValueTask DisposeAsync() => timer.DisposeAsync();
    }
}
