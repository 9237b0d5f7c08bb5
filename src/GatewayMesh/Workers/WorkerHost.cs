using System.Collections.Immutable;
using System.Globalization;
using System.Net.Sockets;
using GatewayMesh.Admin.Http;
using GatewayMesh.Admin.Views;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Events;
using GatewayMesh.Guard.Control;
using GatewayMesh.Guard.Workers;
using GatewayMesh.Linux;
using GatewayMesh.Nodes;
using GatewayMesh.Startup;
using GatewayMesh.Terminal;

namespace GatewayMesh.Workers;

/// <summary>A worker process under a guard: receives its configuration, runs it, and accepts while it holds the lease.</summary>
internal static class WorkerHost
{
    private const int InheritedSocket = 3;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Runs until the worker has drained.</summary>
    /// <param name="time">Clock of the whole process.</param>
    internal static int Run(TimeProvider time)
    {
        BeKilledFirst();
        using var listener = new PacketListener(InheritedSocket);
        listener.KeepOverExec(false);
        if (FirstMessage(listener, out var descriptors, out var channel) is not { Kind: ControlKind.Configure, Options: { } options } first)
        {
            Console.Error.WriteLine(
                "gatewaymesh: a worker is started by its guard; use --role sidecar, or --role sidecar --no-guard to run without a guard");
            return ExitCode.Usage;
        }

        using var configuration = descriptors[0];
        var progress = ProgressPage.Map(descriptors[1]); // mapped to the end of the process: a loop may outlive the wait below
        BootstrapLoad load;
        try
        {
            load = BootstrapLoad.From(options, [.. MemoryFile.ReadAll(configuration, 4 * 1024 * 1024)]);
        }
        catch (RoleFailure failure)
        {
            Console.Error.WriteLine(SafeText.Lines(failure.Message));
            return failure.ExitCode;
        }

        using var events = new EventLog(load.Bootstrap.Node, "worker", time: time)
        {
            MaxPerSecond = load.Bootstrap.Logs.MaxEventsPerSecond,
        };
        var pids = ImmutableSortedDictionary<string, int>.Empty.Add("guard", first.Pid).Add("worker", Environment.ProcessId);
        var probe = first.Listeners.Select(lent => lent.ToSpec()).FirstOrDefault(listener => listener.Kind == ListenerKind.Probe)?.Address;
        var node = new MeshNode(load.Bootstrap, pids, events, progress, time, probe);
        using var admin = OpenAdmin(node);
        using var control = new WorkerControl(node, listener, channel!, progress, first.Worker, events, time);
        control.Open(first.Listeners, descriptors.Skip(2));
        node.StartAsync().GetAwaiter().GetResult();
        _ = Task.Run(() => ProgramAssemblies.Load(forGuard: false));
        AskedCrash.Arm();
        control.Run();
        node.DisposeAsync().AsTask().Wait(TimeSpan.FromSeconds(3));
        File.Delete(AdminPath(load.Bootstrap.DataDir));
        return ExitCode.Well;
    }

    // A service manager may protect the guard from the OOM killer. A worker needs no protection: the guard carries traffic and starts
    // another.
    private static void BeKilledFirst()
    {
        try
        {
            const string Score = "/proc/self/oom_score_adj";
            if (int.Parse(File.ReadAllText(Score), CultureInfo.InvariantCulture) < 0)
            {
                File.WriteAllText(Score, "0");
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or FormatException)
        {
            // Not permitted here: both keep their initial values.
        }
    }

    private static ControlMessage? FirstMessage(PacketListener listener, out List<Descriptor> descriptors, out ControlChannel? channel)
    {
        descriptors = [];
        channel = null;
        try
        {
            var wait = new PollSet();
            wait.Add(listener.Number);
            wait.Wait(Patience);
            channel = listener.Accept() is { } packets ? new ControlChannel(packets) : null;
            return channel?.Receive(Patience, out descriptors);
        }
        catch (LinuxException)
        {
            return null;
        }
    }

    private static string AdminPath(string dataDir) => WorkerPlan.AdminPathOf(dataDir, Environment.ProcessId);

    private static AdminServer OpenAdmin(MeshNode node)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        var path = AdminPath(node.Bootstrap.DataDir);
        File.Delete(path);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        PrivateFolder.Narrow(path);
        socket.Listen();
        return new AdminServer(socket, NodeAdmin.Shown(node));
    }
}
