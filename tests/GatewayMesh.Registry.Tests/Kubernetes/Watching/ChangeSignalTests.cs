using GatewayMesh.Registry.Kubernetes.Watching;

namespace GatewayMesh.Registry.Tests.Kubernetes.Watching;

/// <summary>Many changes, few continuations.</summary>
public sealed class ChangeSignalTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    [Test]
    public async Task The_first_change_is_not_delayed_and_the_next_waits_for_the_interval()
    {
        var time = new RecordingTime();
        using var signal = new ChangeSignal(Interval, time);
        signal.Raise();
        await signal.WaitAsync(CancellationToken.None);
        signal.Raise();
        var second = signal.WaitAsync(CancellationToken.None);
        await time.ArmedAsync(Interval);
        Assert.That(second.IsCompleted, Is.False);
        time.Advance(Interval);
        await second;
    }

    [Test]
    public async Task Changes_of_one_interval_are_one_continuation()
    {
        var time = new RecordingTime();
        using var signal = new ChangeSignal(Interval, time);
        signal.Raise();
        await signal.WaitAsync(CancellationToken.None);
        _ = Parallel.For(0, 1000, _ => signal.Raise());
        var second = signal.WaitAsync(CancellationToken.None);
        await time.ArmedAsync(Interval);
        signal.Raise();
        time.Advance(Interval);
        await second;
        using var stop = new CancellationTokenSource();
        var third = signal.WaitAsync(stop.Token);
        Assert.That(third.IsCompleted, Is.False, "nothing has changed since");
        await stop.CancelAsync();
        Assert.That(async () => await third, Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public async Task A_change_during_the_work_of_the_consumer_is_not_lost()
    {
        var time = new RecordingTime();
        using var signal = new ChangeSignal(Interval, time);
        signal.Raise();
        await signal.WaitAsync(CancellationToken.None);
        signal.Raise();
        time.Advance(Interval);
        await signal.WaitAsync(CancellationToken.None);
    }
}
