using GatewayMesh.Drills.Demo.Traffic;
using GatewayMesh.Drills.Faults;
using GatewayMesh.Terminal.Commands;

namespace GatewayMesh.Drills.Demo.Script;

/// <summary>Runs the steps at their times. Each step starts a new part of the results.</summary>
internal sealed class DemoScript(DemoPlan plan, PartTallies tallies, TimeProvider time, Action<DemoEvent> tell)
{
    private long _lateTicks;
    private volatile bool _isPlaying;

    /// <summary>Delay of the latest step against the plan: a step waits for the end of the previous one.</summary>
    public TimeSpan Late => TimeSpan.FromTicks(Interlocked.Read(ref _lateTicks));

    /// <summary>True while a step is running.</summary>
    public bool IsPlaying => _isPlaying;

    /// <summary>Runs all steps within <paramref name="duration"/>. Returns after the last step, or when cancelled.</summary>
    public void Play(TimeSpan duration, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        foreach (var step in DemoStep.All)
        {
            var wait = (duration * step.At) + Late - time.GetElapsedTime(started);
            if (wait < TimeSpan.Zero)
            {
                Interlocked.Add(ref _lateTicks, -wait.Ticks);
            }

            if (wait > TimeSpan.Zero && cancellation.WaitHandle.WaitOne(wait))
            {
                return;
            }

            _isPlaying = true;
            Play(step, cancellation);
            _isPlaying = false;
        }
    }

    private void Play(DemoStep step, CancellationToken cancellation)
    {
        tallies.Begin(step.Announcement);
        tell(new DemoEvent("", step.Announcement));
        var node = plan.Nodes.Single(node => node.Name == step.Node);
        var trace = new FaultTrace(() => (long)time.GetElapsedTime(0).TotalMicroseconds, note => tell(new DemoEvent(step.Node, note)));
        var fault = Fault.Of(step.Fault, new MeshAccess(node.Admin), trace, time, TimeSpan.Zero);
        try
        {
            fault.Inflict(cancellation);
        }
        catch (CommandFailure failure)
        {
            tell(new DemoEvent(step.Node, failure.Message));
        }
        finally
        {
            fault.Undo();
        }

        if (trace.Failure is { } why)
        {
            tell(new DemoEvent(step.Node, why));
        }
    }
}
