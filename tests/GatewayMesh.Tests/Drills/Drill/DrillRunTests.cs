using GatewayMesh.Drills.Drill;
using GatewayMesh.Drills.Faults;
using GatewayMesh.Drills.Load;
using GatewayMesh.Linux;
using GatewayMesh.Terminal.Commands;
using GatewayMesh.Tests.Drills.Faults;
using GatewayMesh.Tests.Drills.Load;

namespace GatewayMesh.Tests.Drills.Drill;

internal sealed class DrillRunTests
{
    private const string Answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nVia: 1.1 host-a-sidecar\r\n\r\n";

    [Test]
    public void Drill_runs_load_and_fault_and_reports()
    {
        using var server = new PlainServer(Answer);
        var mesh = new FakeMesh();

        var result = new DrillRun(Spec(server, FaultKind.Kill), mesh, TimeProvider.System).Run(CancellationToken.None);

        Assert.That(result.Load.Sent, Is.EqualTo(100));
        Assert.That(result.Broken, Is.Empty);
        Assert.That(mesh.Signals, Is.EqualTo(new[] { (12, ProcessSignal.Kill) }));
        Assert.That(result.Load.Paths.Single().Via, Is.EqualTo("1.1 host-a-sidecar"));
    }

    [Test]
    public void An_interrupted_drill_leaves_no_process_stopped()
    {
        using var server = new PlainServer(Answer);
        using var interrupt = new CancellationTokenSource();
        var mesh = new FakeMesh { OnSignal = (_, signal) => { if (signal == ProcessSignal.Stop) { interrupt.Cancel(); } } };

        new DrillRun(Spec(server, FaultKind.Hang), mesh, TimeProvider.System).Run(interrupt.Token);

        Assert.That(mesh.Signals, Is.EqualTo(new[] { (12, ProcessSignal.Stop), (12, ProcessSignal.Continue) }));
    }

    [Test]
    public void Impossible_fault_ends_the_load()
    {
        using var server = new PlainServer(Answer);
        var mesh = new FakeMesh { Status = null };

        Assert.That(
            () => new DrillRun(Spec(server, FaultKind.Kill), mesh, TimeProvider.System).Run(CancellationToken.None),
            Throws.TypeOf<CommandFailure>());
    }

    [Test]
    public void Load_too_short_for_the_fault_is_extended_with_a_message()
    {
        using var server = new PlainServer(Answer);
        var error = new StringWriter();

        var longer = DrillCommand.Lengthened(Spec(server, FaultKind.Slow), error);

        Assert.That(longer.Load.Duration, Is.GreaterThan(TimeSpan.FromSeconds(20)));
        Assert.That(error.ToString(), Does.Contain("for slow"));
    }

    [TestCase("http://payments/", "payments", "/")]
    [TestCase("http://payments.mesh:8080/a?b=1", "payments.mesh:8080", "/a?b=1")]
    public void Url_splits_into_host_and_path(string url, string host, string path) =>
        Assert.That(DrillCommand.Url(url), Is.EqualTo((host, path)));

    [TestCase("https://payments/")]
    [TestCase("payments")]
    public void Other_urls_are_bad_usage(string url) =>
        Assert.That(() => DrillCommand.Url(url), Throws.TypeOf<CommandFailure>().With.Property(nameof(CommandFailure.ExitCode)).EqualTo(2));

    private static DrillSpec Spec(PlainServer server, FaultKind fault) => new()
    {
        Fault = fault,
        FaultAt = TimeSpan.FromMilliseconds(50),
        Load = new LoadSpec
        {
            Target = server.Address,
            Host = "payments",
            Rate = 500,
            Connections = 4,
            Duration = TimeSpan.FromMilliseconds(200),
        },
    };
}
