using System.Net;
using System.Net.Sockets;
using GatewayMesh.Admin.Documents;
using GatewayMesh.Drills.Faults;
using GatewayMesh.Linux;
using GatewayMesh.Terminal.Commands;
using GatewayMesh.Tests.Admin.Documents;

namespace GatewayMesh.Tests.Drills.Faults;

internal sealed class FaultTests
{
    private FakeMesh _mesh = null!;
    private FaultTrace _trace = null!;

    [SetUp]
    public void MakeMesh()
    {
        _mesh = new FakeMesh();
        _trace = new FaultTrace(() => 42);
    }

    [Test]
    public void Kill_fault_kills_only_the_worker()
    {
        Inflict(FaultKind.Kill);

        Assert.That(_mesh.Signals, Is.EqualTo(new[] { (12, ProcessSignal.Kill) }));
        Assert.That(_trace.BeganAt, Is.EqualTo(42));
    }

    [Test]
    public void Hang_fault_leaves_the_worker_stopped_until_undone()
    {
        // The guard detects the hang and starts another worker.
        _mesh.OnSignal = (_, signal) =>
            _mesh.Status = signal == ProcessSignal.Stop
                ? Statuses.Read() with { Pids = Statuses.Read().Pids.SetItem("worker", 13) }
                : _mesh.Status;
        var fault = Inflict(FaultKind.Hang);
        Assert.That(_mesh.Signals, Is.EqualTo(new[] { (12, ProcessSignal.Stop) }));

        fault.Undo();

        Assert.That(_mesh.Signals[^1], Is.EqualTo((12, ProcessSignal.Continue)));
    }

    [Test]
    public void Starve_fault_stops_the_guard_first_and_resumes_it_last()
    {
        using var soon = new CancellationTokenSource();
        _mesh.OnSignal = (pid, signal) =>
        {
            if (pid == 12 && signal == ProcessSignal.Stop)
            {
                soon.Cancel();
            }
        };

        Inflict(FaultKind.Starve, soon.Token).Undo();

        Assert.That(
            _mesh.Signals,
            Is.EqualTo(
                new[] { (11, ProcessSignal.Stop), (12, ProcessSignal.Stop), (12, ProcessSignal.Continue), (11, ProcessSignal.Continue) }));
    }

    [Test]
    public void Registry_down_removes_a_folder_and_restores_it()
    {
        var folder = Directory.CreateTempSubdirectory("gatewaymesh-test-").FullName;
        File.WriteAllText(Path.Combine(folder, "mesh.yaml"), "x");
        _mesh.Status = _mesh.Status! with
        {
            Registry = new RegistryStatus { Kind = "file", Synced = true, Revision = "r", Target = folder },
        };

        Inflict(FaultKind.RegistryDown).Undo();

        Assert.That(File.Exists(Path.Combine(folder, "mesh.yaml")), Is.True);
        Assert.That(Directory.Exists(folder + ".away"), Is.False);
        Assert.That((_trace.BeganAt, _trace.Failure), Is.EqualTo(((long?)42, (string?)null)));
        Directory.Delete(folder, recursive: true);
    }

    [Test]
    public void Registry_down_stops_the_agent_of_this_host_and_then_kills_it()
    {
        using var agent = new TcpListener(IPAddress.Loopback, 0);
        agent.Start();
        _mesh.Status = _mesh.Status! with
        {
            Registry = new RegistryStatus
            {
                Kind = "consul",
                Synced = true,
                Revision = "r",
                Target = $"{agent.LocalEndpoint},10.0.0.1:8500",
            },
        };
        using var soon = new CancellationTokenSource();

        // The agent is this process, which stays alive, so no new agent appears.
        _mesh.OnSignal = (_, signal) =>
        {
            if (signal == ProcessSignal.Kill)
            {
                soon.Cancel();
            }
        };
        Inflict(FaultKind.RegistryDown, soon.Token).Undo();

        var here = Environment.ProcessId;
        Assert.That(
            _mesh.Signals, Is.EqualTo(new[] { (here, ProcessSignal.Stop), (here, ProcessSignal.Kill), (here, ProcessSignal.Continue) }));
    }

    [Test]
    public void Registry_down_requires_an_agent_on_this_host()
    {
        _mesh.Status = _mesh.Status! with
        {
            Registry = new RegistryStatus { Kind = "consul", Synced = true, Revision = "r", Target = "192.0.2.1:1" },
        };
        Assert.That(
            () => Inflict(FaultKind.RegistryDown),
            Throws.TypeOf<CommandFailure>().With.Message.Contain("192.0.2.1:1 is not a visible process of this host"));
    }

    [Test]
    public void Crash_loop_kills_each_worker_once()
    {
        using var soon = new CancellationTokenSource();
        _mesh.OnSignal = (pid, _) =>
        {
            if (pid == 14)
            {
                soon.Cancel();
            }
        };

        Inflict(FaultKind.CrashLoop, soon.Token);

        Assert.That(_mesh.Signals, Is.EqualTo(new[] { (12, ProcessSignal.Kill), (13, ProcessSignal.Kill), (14, ProcessSignal.Kill) }));
    }

    [Test]
    public void Interrupted_drain_is_undone_once()
    {
        _mesh.Status = _mesh.Status! with { Lease = null };
        using var at_once = new CancellationTokenSource();
        at_once.Cancel();

        Inflict(FaultKind.Drain, at_once.Token).Undo();

        Assert.That(_mesh.Posts, Is.EqualTo(new[] { "/drain {}", """/drain {"undo":true}""" }));
    }

    [Test]
    public void A_refused_order_is_a_failure_of_the_fault()
    {
        _mesh.Refusal = "409 busy";

        Inflict(FaultKind.Upgrade);

        Assert.That(_trace.Failure, Is.EqualTo("409 busy"));
    }

    [Test]
    public void Kill_gateway_reads_the_process_id_from_the_gateway()
    {
        Inflict(FaultKind.KillGateway);

        Assert.That(_mesh.Signals, Is.EqualTo(new[] { (31, ProcessSignal.Kill) }));
    }

    [Test]
    public void Kill_without_a_worker_fails_with_a_message()
    {
        _mesh.Status = Statuses.Read("""{"node":"host-a"}""");

        Assert.That(() => Inflict(FaultKind.Kill), Throws.TypeOf<CommandFailure>().With.Message.Contains("no worker"));
        Assert.That(_mesh.Signals, Is.Empty);
    }

    [Test]
    public void Command_fault_ends_once_even_when_interrupted()
    {
        var log = Path.GetTempFileName();
        using var at_once = new CancellationTokenSource();
        at_once.Cancel();

        var fault = Fault.Of(
            FaultKind.Command,
            _mesh,
            _trace,
            TimeProvider.System,
            TimeSpan.Zero,
            new ShellOrder($"echo harm >>'{log}'", $"echo fix >>'{log}'", TimeSpan.FromHours(1)));
        fault.Inflict(at_once.Token);
        fault.Undo();

        Assert.That(File.ReadAllLines(log), Is.EqualTo(new[] { "harm", "fix" }));
        Assert.That(_trace.Failure, Is.Null);
        File.Delete(log);
    }

    [Test]
    public void Failing_command_fails_the_fault_and_still_ends()
    {
        var log = Path.GetTempFileName();

        Fault.Of(
            FaultKind.Command,
            _mesh,
            _trace,
            TimeProvider.System,
            TimeSpan.Zero,
            new ShellOrder("echo no cable; exit 3", $"echo fix >>'{log}'", TimeSpan.Zero)).Inflict(default);
        Assert.That(_trace.Failure, Does.Contain("ended with 3: no cable"));

        var fault = Fault.Of(
            FaultKind.Command,
            _mesh,
            _trace,
            TimeProvider.System,
            TimeSpan.Zero,
            new ShellOrder("exit 3", $"echo fix >>'{log}'", TimeSpan.Zero));
        fault.Inflict(default);
        fault.Undo();
        Assert.That(File.ReadAllLines(log), Is.EqualTo(new[] { "fix" }));
        File.Delete(log);
    }

    [Test]
    public void Every_fault_has_a_name_a_description_and_an_undo() =>
        Assert.That(FaultNames.All.Select(word => FaultNames.Parse(word)), Is.EqualTo(Enum.GetValues<FaultKind>()));

    private Fault Inflict(FaultKind kind, CancellationToken cancellation = default)
    {
        var fault = Fault.Of(kind, _mesh, _trace, TimeProvider.System, TimeSpan.Zero);
        fault.Inflict(cancellation);
        return fault;
    }
}
