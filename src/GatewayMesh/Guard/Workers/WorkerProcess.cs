using System.Collections;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Guard.Control;
using GatewayMesh.Guard.Probing;
using GatewayMesh.Linux;

namespace GatewayMesh.Guard.Workers;

/// <summary>A worker as the guard holds it: its process, its channel, its counters and its probe.</summary>
internal sealed class WorkerProcess : IDisposable
{
    private const int FirstMessageListeners = 200;

    // Long: who gives up on a live worker leaves two of them, and a busy machine took more than two seconds (seen in the demo).
    private static readonly TimeSpan AdoptionLimit = TimeSpan.FromSeconds(5);
    private readonly ListeningSocket _probeListener;
    private bool _stands;

    private WorkerProcess(int number, ProcessHandle process, ControlChannel channel, ProgressPage progress, ListeningSocket probeListener, GuardSpec guard)
    {
        Number = number;
        Process = process;
        Channel = channel;
        Progress = progress;
        _probeListener = probeListener;
        Prober = new Prober(probeListener.LocalAddress, guard.ProbeInterval, guard.ProbeTimeout);
    }

    /// <summary>Number in the lease machine.</summary>
    internal int Number { get; }

    internal ProcessHandle Process { get; }

    internal ControlChannel Channel { get; }

    internal ProgressPage Progress { get; }

    internal Prober Prober { get; }

    /// <summary>Its accept queues, as far as they say that nobody accepts.</summary>
    internal AcceptQueue Queue { get; } = new();

    /// <summary>The time that its threads wait for a processor while its probes fail.</summary>
    internal Starvation Starvation => field ??= Starvation.Of(Process.Pid);

    /// <summary>The thread that accepts in it, as far as that shows while its probes fail.</summary>
    internal AcceptingThread AcceptingThread => field ??= new AcceptingThread(() => Progress.Read(Linux.Progress.AcceptTurns));

    /// <summary>Where it stands in the poll set of this turn: its pidfd, then its channel.</summary>
    internal int PollIndex { get; set; }

    /// <summary>Whether it was told to end itself.</summary>
    internal bool IsDraining { get; set; }

    /// <summary>True from a request to return the lease until the next grant.</summary>
    internal bool IsAskedBack { get; set; }

    /// <summary>Whether its channel still speaks.</summary>
    internal bool Speaks { get; set; } = true;

    /// <summary>What it last said of itself to the registry.</summary>
    internal NodeRecord? Record { get; set; }

    /// <summary>Why it says that it is not able to serve; null when it is.</summary>
    internal string? Unfit { get; set; }

    /// <summary>Starts a worker and tells it what to run.</summary>
    /// <exception cref="LinuxException">It cannot be started.</exception>
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
            var worker = new WorkerProcess(number, process, new ControlChannel(PacketChannel.Connect(path)), progress, probeListener, plan.Bootstrap.Sidecar!.Guard);
            worker.Configure(plan, listeners, upstream);
            return worker;
        }
        catch
        {
            // A process that nobody could tell what to do must not be left behind.
            process?.Signal(9);
            process?.Dispose();
            probeListener.Dispose();
            progress.Dispose();
            throw;
        }
    }

    /// <summary>Goes on with the worker of the program that was here before.</summary>
    /// <returns>Null when it has ended meanwhile.</returns>
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

        var worker = new WorkerProcess(handover.Number, process, new ControlChannel(channel), ProgressPage.Map(progress), probeListener, plan.Bootstrap.Sidecar!.Guard) { _stands = true };
        worker.LeadProbeTo(upstream);
        return worker;
    }

    /// <summary>What the next program needs to go on with this worker.</summary>
    internal WorkerHandover HandOver() => new(Number, Process.Pid, Channel.Packets.Number, Progress.Descriptor.Number, _probeListener.Number);

    /// <summary>The descriptors that this takes.</summary>
    internal IEnumerable<Descriptor> Kept => [Channel.Packets, Progress.Descriptor, _probeListener];

    /// <summary>Finds the worker that an earlier guard left behind and takes its listeners over.</summary>
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
        var holdings = channel.Receive(AdoptionLimit, out var descriptors);
        while (holdings is { Kind: not ControlKind.Holdings })
        {
            // It may have had something to say before it heard us.
            holdings = channel.Receive(AdoptionLimit, out descriptors);
        }

        if (holdings is not { Kind: ControlKind.Holdings } || descriptors.Count != holdings.Listeners.Length + 1
            || FindOwn(holdings.Pid) is not { } process)
        {
            descriptors.ForEach(descriptor => descriptor.Dispose());
            channel.Dispose();
            return null;
        }

        ListeningSocket? probeListener = null;
        for (var i = 0; i < holdings.Listeners.Length; i++)
        {
            var spec = holdings.Listeners[i].ToSpec();
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

        leased = holdings.Accept;
        var worker = new WorkerProcess(holdings.Worker, process, channel, ProgressPage.Map(descriptors[0]), probeListener!, plan.Bootstrap.Sidecar!.Guard) { _stands = true };
        worker.LeadProbeTo(upstream);
        return worker;
    }

    // A number on a socket is no proof: the process is killed when it hangs, so it must be a worker, and this user's.
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

    /// <summary>Hands over a changed configuration.</summary>
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

    /// <summary>From its first lease on it is found where the worker that serves is found.</summary>
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

    // The probe's far end was a socket of a guard that is gone.
    private void LeadProbeTo(ProbeUpstream upstream) => Channel.Send(
        new ControlMessage(ControlKind.Reload) { Close = ["probe"], Listeners = [ListenerLease.From(ProbeSpec(upstream))] },
        [_probeListener.Number]);

    private ListenerSpec ProbeSpec(ProbeUpstream upstream) =>
        new("probe", ListenerKind.Probe, _probeListener.LocalAddress)
        {
            Application = new HostPort(upstream.Address.Address.ToString(), upstream.Address.Port),
        };

    private static IEnumerable<KeyValuePair<string, string>> CurrentEnvironment() =>
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(pair => KeyValuePair.Create((string)pair.Key, (string?)pair.Value ?? ""));
}
