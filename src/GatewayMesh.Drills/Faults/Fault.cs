using GatewayMesh.Admin.Documents;
using GatewayMesh.Linux;
using GatewayMesh.Terminal;
using GatewayMesh.Terminal.Commands;

namespace GatewayMesh.Drills.Faults;

/// <summary>
/// A fault in a running mesh. <see cref="Inflict"/> injects the fault and returns at its end. <see cref="Undo"/> is always called
/// afterwards, also after an error or Ctrl-C, and leaves no process stopped and no node drained.
/// </summary>
internal abstract class Fault(IMeshAccess mesh, FaultTrace trace, TimeProvider time)
{
    private readonly Dictionary<int, ProcessKind> _stopped = [];
    private readonly HashSet<int> _killed = [];

    /// <summary>Time to wait for a supervisor to restart a process.</summary>
    protected static TimeSpan ReturnLimit { get; } = TimeSpan.FromSeconds(10);

    /// <summary>The mesh under test.</summary>
    protected IMeshAccess Mesh => mesh;

    /// <summary>Trace of the fault.</summary>
    protected FaultTrace Trace => trace;

    /// <summary>Injects the fault.</summary>
    public abstract void Inflict(CancellationToken cancellation);

    /// <summary>Removes the rest of the fault.</summary>
    public virtual void Undo()
    {
        foreach (var (pid, kind) in _stopped)
        {
            mesh.Signal(pid, ProcessSignal.Continue, kind);
        }

        _stopped.Clear();
    }

    /// <summary>
    /// Creates the fault of <paramref name="kind"/>. <paramref name="hold"/> is its duration; <paramref name="order"/> is for <see
    /// cref="FaultKind.Command"/>.
    /// </summary>
    public static Fault Of(
        FaultKind kind, IMeshAccess mesh, FaultTrace trace, TimeProvider time, TimeSpan hold, ShellOrder? order = null) => kind switch
    {
        FaultKind.Kill => new KillFault(mesh, trace, time),
        FaultKind.Hang => new HangFault(mesh, trace, time),
        FaultKind.Slow => new SlowFault(mesh, trace, time),
        FaultKind.CrashLoop => new CrashLoopFault(mesh, trace, time),
        FaultKind.Drain => new DrainFault(mesh, trace, time),
        FaultKind.Upgrade => new UpgradeFault(mesh, trace, time),
        FaultKind.Guard => new GuardFault(mesh, trace, time),
        FaultKind.Starve => new StarveFault(mesh, trace, time),
        FaultKind.KillGateway => new KillGatewayFault(mesh, trace, time),
        FaultKind.GatewaysDown => new GatewaysDownFault(mesh, trace, time, hold),
        FaultKind.RegistryDown => new RegistryDownFault(mesh, trace, time, hold),
        _ => new CommandFault(mesh, trace, time, order ?? throw new ArgumentNullException(nameof(order))),
    };

    /// <summary>The node's status.</summary>
    protected NodeStatus Status() => mesh.Read() ?? throw new CommandFailure(ExitCode.Failed, "the node's admin address is not responding");

    /// <summary>The worker's process id.</summary>
    protected int Worker() =>
        Status().WorkerPid
            ?? throw new CommandFailure(ExitCode.Failed, "the node has no worker; wait until `gatewaymesh status` shows one");

    /// <summary>Kills a process. True if the process existed.</summary>
    protected bool Kill(int pid, ProcessKind kind)
    {
        trace.Begin();
        var was = mesh.Signal(pid, ProcessSignal.Kill, kind);
        trace.Kills += was ? 1 : 0;
        return was;
    }

    /// <summary>Kills the worker if there is one that was not killed before. (A dead worker is shown until it is reaped.)</summary>
    protected void KillWorker()
    {
        if (mesh.Read()?.WorkerPid is { } pid && _killed.Add(pid))
        {
            Kill(pid, ProcessKind.Worker);
        }
    }

    /// <summary>Stops a process until <see cref="Resume"/> or <see cref="Undo"/>.</summary>
    protected void Stop(int pid, ProcessKind kind)
    {
        trace.Begin();
        _stopped[pid] = kind;
        mesh.Signal(pid, ProcessSignal.Stop, kind);
    }

    /// <summary>Resumes a stopped process.</summary>
    protected void Resume(int pid)
    {
        if (_stopped.Remove(pid, out var kind))
        {
            mesh.Signal(pid, ProcessSignal.Continue, kind);
        }
    }

    /// <summary>Waits. False when cancelled.</summary>
    protected static bool Pause(TimeSpan length, CancellationToken cancellation) => !cancellation.WaitHandle.WaitOne(length);

    /// <summary>Repeats <paramref name="step"/> for a time.</summary>
    protected void During(TimeSpan length, TimeSpan every, Action step, CancellationToken cancellation) => Waiting.Until(
        () =>
        {
            step();
            return false;
        },
        every,
        length,
        time,
        cancellation);

    /// <summary>Waits for a condition.</summary>
    protected bool Await(Func<bool> condition, TimeSpan limit, CancellationToken cancellation) =>
        Waiting.Until(condition, TimeSpan.FromMilliseconds(20), limit, time, cancellation);
}
