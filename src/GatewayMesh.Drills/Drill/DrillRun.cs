using GatewayMesh.Drills.Faults;
using GatewayMesh.Drills.Load;

namespace GatewayMesh.Drills.Drill;

/// <summary>One drill: runs the load, injects the fault, watches the status, and restores everything.</summary>
internal sealed class DrillRun(DrillSpec spec, IMeshAccess mesh, TimeProvider time)
{
    /// <summary>Runs the drill. Cancelling ends load and fault; the fault is undone in any case.</summary>
    public DrillResult Run(CancellationToken cancellation)
    {
        var log = new SampleLog((int)(spec.Load.Rate * spec.Load.Duration!.Value.TotalSeconds) + 1);
        var load = new LoadRun(spec.Load, log, time);
        var trace = new FaultTrace(() => load.Now);
        var fault = Fault.Of(spec.Fault, mesh, trace, time, spec.Hold, spec.Order);
        var watch = new StatusWatch(mesh, () => load.Now);
        using var ended = new CancellationTokenSource();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ended.Token, cancellation);
        var watcher = new Thread(() => watch.Follow(ended.Token)) { Name = "watch", IsBackground = true };
        var stopping = cancellation.Register(load.Stop);
        load.Start();
        watcher.Start();
        try
        {
            if (!cancellation.WaitHandle.WaitOne(spec.FaultAt))
            {
                fault.Inflict(either.Token);
            }

            load.Join();
        }
        catch
        {
            load.Stop();
            load.Join();
            throw;
        }
        finally
        {
            fault.Undo();
            ended.Cancel();
            watcher.Join();
            stopping.Dispose();
        }

        return Judge(log.Samples, load, trace, watch);
    }

    private DrillResult Judge(IReadOnlyList<Sample> samples, LoadRun load, FaultTrace trace, StatusWatch watch)
    {
        var result = new DrillResult
        {
            Spec = spec,
            Load = LoadReport.Of(samples, load.Paths.Texts, trace.BeganAt ?? (long)spec.FaultAt.TotalMicroseconds),
            Trace = trace,
            Watch = watch,
            ServedAfterReturnMs = trace.GatewayBackAt is { } back ? FirstAnswerAfter(samples, back) : null,
            SlowestRefusalMs = samples.Where(sample => sample.LoadOutcome == LoadOutcome.Refused)
                .Select(sample => (sample.Done - sample.Sent) / 1000.0)
                .DefaultIfEmpty()
                .Max(),
        };
        return result with { Broken = Promises.Judge(result) };
    }

    // The return is noticed up to one poll late; an earlier response counts as immediate.
    private static double? FirstAnswerAfter(IReadOnlyList<Sample> samples, long back)
    {
        var answers = samples.Where(sample => sample.LoadOutcome == LoadOutcome.Ok && sample.Done >= back).Select(sample => sample.Done);
        return answers.Any() ? (answers.Min() - back) / 1000.0 : null;
    }
}
