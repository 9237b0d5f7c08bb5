using System.Collections;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Guard.Control;
using GatewayMesh.Guard.Probing;
using GatewayMesh.Linux;

namespace GatewayMesh.Guard.Workers;

/// <summary>A worker from the guard's view: its process, channel, counters and probe.</summary>
internal sealed class WorkerProcess : IDisposable
{
    private const int FirstMessageListeners = 200;

    // Long: giving up on a live worker leaves two of them, and a busy machine took more than two seconds (seen in the demo).
    private static readonly TimeSpan AdoptionLimit = TimeSpan.FromSeconds(5);
    private readonly ListeningSocket _probeListener;
    private bool _stands;

    private WorkerProcess(
        int number, ProcessHandle process, ControlChannel channel, ProgressPage progress, ListeningSocket probeListener, GuardSpec guard)
    {
        Number = number;
        Process = process;
        Channel = channel;
        Progress = progress;
        _probeListener = probeListener;
        ServedTraffic? served = null; // a new worker publishes its loops later than this
        Prober = new Prober(
            probeListener.LocalAddress, guard.ProbeInterval, guard.ProbeTimeout, () => (served ??= new ServedTraffic(progress)).Look());
    }

    /// <summary>Number in the lease machine.</summary>
    internal int Number { get; }

    internal ProcessHandle Process { get; }

    internal ControlChannel Channel { get; }

    internal ProgressPage Progress { get; }

    internal Prober Prober { get; }

    /// <summary>Its accept queues, as evidence that it does not accept.</summary>
    internal AcceptQueue Queue { get; } = new();

    /// <summary>Its threads' waiting time for a processor while probes fail.</summary>
    internal Starvation Starvation => field ??= Starvation.Of(Process.Pid);

    /// <summary>Its accepting thread while probes fail.</summary>
    internal AcceptingThread AcceptingThread => field ??= new AcceptingThread(() => Progress.Read(Linux.Progress.AcceptTurns));

    /// <summary>Its event loops while probes fail.</summary>
    internal LoopTurns Loops => field ??= new LoopTurns(Progress);

    /// <summary>Index of its pidfd in the current poll set, followed by its channel.</summary>
    internal int PollIndex { get; set; }

    /// <summary>True if the worker was told to drain.</summary>
    internal bool IsDraining { get; set; }

    /// <summary>True from a revocation of the lease until the next grant.</summary>
    internal bool IsAskedBack { get; set; }

    /// <summary>True while the channel is open.</summary>
    internal bool Speaks { get; set; } = true;

    /// <summary>The worker's last record for the registry.</summary>
    internal NodeRecord? Record { get; set; }

    /// <summary>Reason why the worker reports that it cannot serve; null when it can.</summary>
    internal string? Unfit { get; set; }

    /// <summary>Starts a worker and sends its configuration.</summary>
    /// <exception cref="LinuxException">The worker cannot be started.</exception>
    internal static WorkerProcess Start(int number, WorkerPlan plan, GuardListeners listeners, ProbeUpstream upstream)
    {
        var path = plan.SocketOf(number);
        using var socket = PacketListener.Open(path);
        var probeListener = ListeningSocket.Open(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        var progress = ProgressPage.Create();
        ProcessHandle? process = null;
        try
        {
            process = ProcessHandle.Spawn(WorkerPlan.Executable, ["worker"], CurrentEnvironment(), socket);
            var worker = new WorkerProcess(
                number, process, new ControlChannel(PacketChannel.Connect(path)), progress, probeListener, plan.Bootstrap.Sidecar!.Guard);
            worker.Configure(plan, listeners, upstream);
            return worker;
        }
        catch
        {
            // A process without a channel must not be left behind.
            process?.Signal(9);
            process?.Dispose();
            probeListener.Dispose();
            progress.Dispose();
            throw;
        }
    }

    /// <summary>Continues with a worker of the previous program.</summary>
    /// <returns>Null when the worker has ended meanwhile.</returns>
    internal static WorkerProcess? Resume(WorkerHandover handover, WorkerPlan plan, ProbeUpstream upstream)
    {
        var probeListener = new ListeningSocket(handover.ProbeListener);
        var channel = new PacketChannel(handover.Channel);
        var progress = new Descriptor(handover.Progress);
        Descriptor[] kept = [probeListener, channel, progress];
        foreach (var descriptor in kept)
        {
            descriptor.KeepOverExec(false);
        }

        if (ProcessHandle.Find(handover.Pid) is not { } process)
        {
            Array.ForEach(kept, descriptor => descriptor.Dispose());
            return null;
        }

        var worker = new WorkerProcess(
            handover.Number,
            process,
            new ControlChannel(channel),
            ProgressPage.Map(progress),
            probeListener,
            plan.Bootstrap.Sidecar!.Guard) { _stands = true };
        worker.LeadProbeTo(upstream);
        return worker;
    }

    /// <summary>State for the next program to continue with this worker.</summary>
    internal WorkerHandover HandOver() =>
        new(Number, Process.Pid, Channel.Packets.Number, Progress.Descriptor.Number, _probeListener.Number);

    /// <summary>The descriptors of that state.</summary>
    internal IEnumerable<Descriptor> Kept => [Channel.Packets, Progress.Descriptor, _probeListener];

    /// <summary>Finds a worker left by an earlier guard and takes over its listeners.</summary>
    /// <returns>Null when there is none.</returns>
    internal static WorkerProcess? Adopt(WorkerPlan plan, GuardListeners listeners, ProbeUpstream upstream, out bool leased)
    {
        leased = false;
        ControlChannel channel;
        try
        {
            channel = new ControlChannel(PacketChannel.Connect(plan.WorkerSocket));
        }
        catch (LinuxException)
        {
            return null;
        }

        channel.Send(new ControlMessage(ControlKind.Adopt) { Pid = Environment.ProcessId });
        var adopted = channel.Receive(AdoptionLimit, out var descriptors);
        while (adopted is { Kind: not ControlKind.Adopted })
        {
            // The worker may have sent a message before ours arrived.
            adopted = channel.Receive(AdoptionLimit, out descriptors);
        }

        if (adopted is not { Kind: ControlKind.Adopted } || descriptors.Count != adopted.Listeners.Length + 1
            || FindOwn(adopted.Pid) is not { } process)
        {
            descriptors.ForEach(descriptor => descriptor.Dispose());
            channel.Dispose();
            return null;
        }

        ListeningSocket? probeListener = null;
        for (var i = 0; i < adopted.Listeners.Length; i++)
        {
            var spec = adopted.Listeners[i].ToSpec();
            var listener = new ListeningSocket(descriptors[i + 1].Release());
            if (spec.Kind == ListenerKind.Probe)
            {
                probeListener = listener;
            }
            else
            {
                listeners.Put(spec, listener);
            }
        }

        leased = adopted.Accept;
        var worker = new WorkerProcess(
            adopted.Worker,
            process,
            channel,
            ProgressPage.Map(descriptors[0]),
            probeListener!,
            plan.Bootstrap.Sidecar!.Guard) { _stands = true };
        worker.LeadProbeTo(upstream);
        return worker;
    }

    // A process id on a socket is no proof. The process is killed when it hangs, so it must be a worker of this user.
    private static ProcessHandle? FindOwn(int pid)
    {
        var process = pid > 0 ? ProcessHandle.Find(pid) : null;
        if (process is null || OwnProcess.Is(pid, "worker"))
        {
            return process;
        }

        process.Dispose();
        return null;
    }

    /// <summary>Sends a changed configuration.</summary>
    internal bool Reload(WorkerPlan plan, IReadOnlyList<OwnedListener> opened, IEnumerable<string> closed)
    {
        using var configuration = MemoryFile.Create("gatewaymesh-bootstrap", plan.Content.AsSpan());
        return Channel.Send(
            new ControlMessage(ControlKind.Reload)
            {
                Options = plan.Options,
                Close = [.. closed],
                Listeners = [.. opened.Select(listener => ListenerLease.From(listener.Spec))],
            },
            [configuration.Number, .. opened.Select(listener => listener.Socket.Number)]);
    }

    /// <summary>Moves the worker's socket to the path of the serving worker, at its first lease.</summary>
    internal void StandAt(string from, string to)
    {
        if (!_stands)
        {
            File.Move(from, to, overwrite: true);
            _stands = true;
        }
    }

    public void Dispose()
    {
        Prober.Dispose();
        Channel.Dispose();
        Progress.Dispose();
        _probeListener.Dispose();
        Process.Dispose();
    }

    private void Configure(WorkerPlan plan, GuardListeners listeners, ProbeUpstream upstream)
    {
        using var configuration = MemoryFile.Create("gatewaymesh-bootstrap", plan.Content.AsSpan());
        var first = listeners.All.Take(FirstMessageListeners).ToList();
        Channel.Send(
            new ControlMessage(ControlKind.Configure)
            {
                Options = plan.Options,
                Pid = Environment.ProcessId,
                Worker = Number,
                Listeners = [ListenerLease.From(ProbeSpec(upstream)), .. first.Select(listener => ListenerLease.From(listener.Spec))],
            },
            [configuration.Number, Progress.Descriptor.Number, _probeListener.Number, .. first.Select(listener => listener.Socket.Number)]);
        foreach (var more in listeners.All.Skip(FirstMessageListeners).Chunk(FirstMessageListeners))
        {
            Reload(plan, more, []);
        }
    }

    // The probe's far end was a socket of a previous guard.
    private void LeadProbeTo(ProbeUpstream upstream) => Channel.Send(
        new ControlMessage(ControlKind.Reload) { Close = ["probe"], Listeners = [ListenerLease.From(ProbeSpec(upstream))] },
        [_probeListener.Number]);

    private ListenerSpec ProbeSpec(ProbeUpstream upstream) =>
        new("probe", ListenerKind.Probe, _probeListener.LocalAddress)
        {
            Application = new HostPort(upstream.Address.Address.ToString(), upstream.Address.Port),
        };

    private static IEnumerable<KeyValuePair<string, string>> CurrentEnvironment() =>
        Environment.GetEnvironmentVariables()
            .Cast<DictionaryEntry>()
            .Select(pair => KeyValuePair.Create((string)pair.Key, (string?)pair.Value ?? ""));
}
