using System.Globalization;
using GatewayMesh.Drills.Processes;
using GatewayMesh.Linux;

namespace GatewayMesh.Drills.Demo;

/// <summary>Restarts the demo's children three seconds after they die, like systemd, and ends them all at the end.</summary>
internal sealed class Supervisor(IReadOnlyList<ChildProcess> processes, string mark, TimeProvider time, Action<DemoEvent> tell)
{
    private static readonly TimeSpan RestartAfter = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(10);
    private volatile bool _ending;

    /// <summary>Supervises the children until cancelled.</summary>
    public void Follow(CancellationToken cancellation)
    {
        do
        {
            foreach (var process in processes)
            {
                Look(process);
            }
        }
        while (!cancellation.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(100)));
    }

    /// <summary>Ends every child in order: mesh, applications, registry. Whatever is left is killed.</summary>
    /// <returns>Number of processes that had to be killed.</returns>
    public int End()
    {
        _ending = true;
        foreach (
            var stage in processes.GroupBy(
                process => process.Role switch { "app" => 1, "registry" => 2, _ => 0 }).OrderBy(group => group.Key))
        {
            foreach (var process in stage.Where(process => process.IsRunning))
            {
                // A child whose end was not noticed yet still holds its process id, so the pidfd is the child's.
                using var child = ProcessHandle.Find(process.Pid);
                if (process.IsRunning)
                {
                    _ = child?.Signal(ProcessSignal.Continue);
                    _ = child?.Signal(ProcessSignal.Terminate);
                }
            }

            var started = time.GetTimestamp();
            foreach (var process in stage)
            {
                var left = EndLimit - time.GetElapsedTime(started);
                process.WaitForEnd(left > TimeSpan.Zero ? left : TimeSpan.Zero);
            }
        }

        return MarkedProcesses.Kill(mark);
    }

    private void Look(ChildProcess process)
    {
        if (_ending || process.IsRunning)
        {
            return;
        }

        var now = time.GetTimestamp();
        if (process.EndedAt is not { } ended)
        {
            process.EndedAt = now;
            tell(
                new DemoEvent(
                    process.Name,
                    string.Create(
                        CultureInfo.InvariantCulture, $"ended with {process.ExitCode}; restarts in {RestartAfter.TotalSeconds:0} s")));
        }
        else if (time.GetElapsedTime(ended, now) >= RestartAfter)
        {
            process.Start();
            tell(new DemoEvent(process.Name, $"restarted, process {process.Pid}"));
        }
    }
}
