using GatewayMesh.Drills.Demo.Files;
using GatewayMesh.Drills.Demo.Screen;
using GatewayMesh.Drills.Demo.Script;
using GatewayMesh.Drills.Demo.Traffic;
using GatewayMesh.Drills.Processes;
using GatewayMesh.Terminal;
using GatewayMesh.Terminal.Commands;
using GatewayMesh.Terminal.Output;

namespace GatewayMesh.Drills.Demo;

/// <summary>One demo, from its first process to its last.</summary>
internal sealed class DemoRun(DemoSpec spec, DemoPlan plan, string folder, TextWriter output, TextWriter error, TimeProvider time)
{
    private static readonly TimeSpan ReadyLimit = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan Redraw = TimeSpan.FromMilliseconds(250);

    private readonly string _mark = Guid.NewGuid().ToString("N");
    private readonly DemoScreen _screen = new(spec.Json ? TextWriter.Null : output, plan, time);
    private readonly PartTallies _tallies = new();

    /// <summary>Runs the demo and returns the exit code.</summary>
    public int Run(CancellationToken cancellation)
    {
        DemoFiles.Write(plan, folder);
        if (plan.Consul is null)
        {
            // With Consul, the certificates come from Consul.
            DemoCertificates.Issue(plan, folder, time);
        }

        var processes = Processes();
        var supervisor = new Supervisor(processes, _mark, time, _screen.Tell);
        var watch = new MeshWatch(plan, _screen.Tell);
        using var ended = new CancellationTokenSource();
        var helpers = new List<Thread>();
        var traffic = spec.NoFaults ? null : new SteadyTraffic(plan, _tallies, time);
        var isReady = false;
        int killed;
        try
        {
            foreach (var process in processes)
            {
                process.Start();
            }

            helpers.Add(Begin("supervisor", () => supervisor.Follow(ended.Token)));
            isReady = Await(watch, cancellation);
            if (isReady)
            {
                helpers.Add(Begin("watch", () => watch.Follow(ended.Token)));
                Show(watch, processes);
                Play(traffic, watch, helpers, ended.Token, cancellation);
            }
        }
        finally
        {
            ended.Cancel();
            traffic?.End();
            helpers.ForEach(helper => helper.Join());
            killed = supervisor.End();
            foreach (var process in processes)
            {
                process.Dispose();
            }
        }

        return isReady || cancellation.IsCancellationRequested ? Sum(killed) : Failed(processes, error);
    }

    private static Thread Begin(string name, Action work)
    {
        var thread = new Thread(() => work()) { Name = name, IsBackground = true };
        thread.Start();
        return thread;
    }

    private IReadOnlyList<ChildProcess> Processes() =>
    [
        .. plan.Consul is { } consul
            ? [
                new ChildProcess(
                    "consul", "registry", consul.Arguments(Path.Combine(folder, "state", "consul")), folder, _mark, consul.Program)]
            : Array.Empty<ChildProcess>(),
        .. plan.Hosts.Select(host => new ChildProcess(
            host.Name,
            "app",
            [
                "demo-app",
                "--node",
                host.Name,
                .. DemoPlan.Services.SelectMany(
                    service => (string[])[$"--{service}", $"{host.Application(service)}:{host.Outbound(service)}"])],
            folder,
            _mark)),
        .. plan.Nodes.OrderBy(node => node.Role == "sidecar").Select(node => new ChildProcess(
            node.Name, node.Role, ["--role", node.Role, "--config", Path.Combine(folder, $"{node.Name}.yaml")], folder, _mark)),
    ];

    private bool Await(MeshWatch watch, CancellationToken cancellation)
    {
        if (!spec.Json)
        {
            output.WriteLine(
                $"starting three hosts, two gateways and an ingress{(plan.Consul is null ? "" : ", and a Consul")}; files and logs in "
                    + $"{folder}");
        }

        var isFilled = plan.Consul is null;
        return Waiting.Until(
            () =>
            {
                // Entries are written as a user would write them, once the agent accepts writes.
                isFilled = isFilled || plan.Consul!.TryWrite(ConsulEntries.Of(plan).Select(entry => entry.Text));
                watch.Look();
                return isFilled && watch.IsReady && (plan.Consul is null ? watch.KnowsInstances() : IsRegistered());
            },
            TimeSpan.FromMilliseconds(100),
            ReadyLimit,
            time,
            cancellation);
    }

    private bool IsRegistered() =>
        plan.Consul is not { } consul
        || (DemoPlan.Services.All(service => consul.Registered(service, fronted: true) == plan.Hosts.Length)
            && consul.Registered("gatewaymesh-gateway", fronted: false) == plan.Gateways.Length);

    private void Show(MeshWatch watch, IReadOnlyList<ChildProcess> processes)
    {
        _screen.Begin();
        if (spec.Json)
        {
            output.WriteLine(DemoJson.Ready(plan, folder, watch, processes));
            output.Flush();
            return;
        }

        output.WriteLine($"the mesh is ready. Try, in another terminal:");
        output.WriteLine($"  curl http://127.0.0.1:{plan.PublicPort}/");
        output.WriteLine($"  curl -H 'Host: payments' http://127.0.0.1:{plan.Hosts[0].Outbound("web")}/");
        output.WriteLine($"  http_proxy=http://127.0.0.1:{plan.Hosts[0].Outbound("web")} curl http://ledger/");
        output.WriteLine($"  gatewaymesh status --admin 127.0.0.1:{plan.Hosts[0].Admin}");
        if (plan.Consul is { } consul)
        {
            output.WriteLine(
                $"  consul catalog services -http-addr=127.0.0.1:{consul.Port}     (or look at http://127.0.0.1:{consul.Port}/ui/)");
        }

        output.WriteLine($"  gatewaymesh drill kill --admin 127.0.0.1:{plan.Hosts[0].Admin}");
        output.Flush();
    }

    private void Play(
        SteadyTraffic? traffic, MeshWatch watch, List<Thread> helpers, CancellationToken ended, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        var script = new DemoScript(plan, _tallies, time, _screen.Tell);
        if (traffic is not null)
        {
            _tallies.Begin("no fault");
            traffic.Start();
            helpers.Add(Begin("script", () => script.Play(spec.Duration, ended)));
        }

        // A step is never cut off: an upgrade takes as long as the new worker needs.
        while ((time.GetElapsedTime(started) < spec.Duration + script.Late || script.IsPlaying) && !cancellation.WaitHandle.WaitOne(Redraw))
        {
            _screen.Draw(watch, _tallies);
        }
    }

    private int Sum(int killed)
    {
        var parts = _tallies.Parts;
        if (spec.Json)
        {
            output.WriteLine(DemoJson.Figures(parts, killed));
            return ExitCode.Well;
        }

        if (parts.Count > 0)
        {
            output.WriteLine();
            var width = Paint.IsTerminal(output) ? DemoScreen.Width() : TextWrap.None;
            string[] heading = ["What the applications saw, through the ingress and the outbound addresses, without retries:"];
            foreach (var line in heading.SelectMany(text => TextWrap.Lines(text, width)).Concat(DemoReport.Sentences(parts, width)))
            {
                output.WriteLine(line);
            }
        }

        output.WriteLine(killed == 0 ? "Every process has ended." : $"Every process has ended; {killed} had to be killed.");
        return ExitCode.Well;
    }

    private static int Failed(IReadOnlyList<ChildProcess> processes, TextWriter error)
    {
        foreach (var process in processes.Where(process => File.Exists(process.Log)))
        {
            foreach (var line in File.ReadLines(process.Log).TakeLast(5))
            {
                error.WriteLine($"{process.Name} {process.Role}: {line}");
            }
        }

        error.WriteLine($"gatewaymesh: the mesh was not ready within {ReadyLimit.TotalSeconds:0} s; see the last lines of each log above");
        return ExitCode.Failed;
    }
}
