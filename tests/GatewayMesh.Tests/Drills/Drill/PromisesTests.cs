using System.Net;
using System.Text.Json;
using GatewayMesh.Drills.Drill;
using GatewayMesh.Drills.Faults;
using GatewayMesh.Drills.Load;
using GatewayMesh.Tests.Drills.Faults;

namespace GatewayMesh.Tests.Drills.Drill;

internal sealed class PromisesTests
{
    [TestCase(FaultKind.Kill, 0, 20, true)]
    [TestCase(FaultKind.Kill, 1, 0, false)]
    [TestCase(FaultKind.Kill, 0, 21, false)]
    [TestCase(FaultKind.Drain, 0, 0, true)]
    [TestCase(FaultKind.Drain, 0, 1, false)]
    [TestCase(FaultKind.Upgrade, 1, 0, false)]
    [TestCase(FaultKind.Guard, 0, 1, false)]
    [TestCase(FaultKind.KillGateway, 0, 1, false)]
    [TestCase(FaultKind.RegistryDown, 0, 0, true)]
    [TestCase(FaultKind.RegistryDown, 1, 0, false)]
    [TestCase(FaultKind.Slow, 0, 0, true)]
    [TestCase(FaultKind.Slow, 0, 1, false)]
    [TestCase(FaultKind.Starve, 1, 0, false)]
    [TestCase(FaultKind.CrashLoop, 0, 20, true)]
    [TestCase(FaultKind.CrashLoop, 1, 0, false)]
    public void Promise_is_judged_by_the_counts_alone(FaultKind fault, int refused, int lost, bool held)
    {
        var result = Result(fault, [.. Many(100, LoadOutcome.Ok), .. Many(refused, LoadOutcome.Refused), .. Many(lost, LoadOutcome.Lost)]);

        Assert.That(Promises.Judge(result).IsEmpty, Is.EqualTo(held));
    }

    [Test]
    public void A_change_of_tier_breaks_the_promise_of_slow()
    {
        var mesh = new FakeMesh();
        var watch = new StatusWatch(mesh, () => 0);
        watch.Look();
        mesh.Status = mesh.Status! with { Tier = "gateway" };
        watch.Look();

        Assert.That(
            Promises.Judge(Result(FaultKind.Slow, Many(1, LoadOutcome.Ok)) with { Watch = watch }),
            Has.One.EqualTo("the tier changed: sidecar → gateway"));
    }

    [Test]
    public void A_kill_of_a_starved_worker_breaks_the_promise_of_starve()
    {
        var mesh = new FakeMesh();
        var watch = new StatusWatch(mesh, () => 0);
        watch.Look();
        mesh.Status = mesh.Status! with { Lease = mesh.Status.Lease! with { Kills = 1 } };
        watch.Look();

        Assert.That(
            Promises.Judge(Result(FaultKind.Starve, Many(1, LoadOutcome.Ok)) with { Watch = watch }), Has.One.Contains("1 workers killed"));
    }

    [TestCase(500.0, true)]
    [TestCase(1500.0, false)]
    [TestCase(null, false)]
    public void Gateways_down_is_judged_by_the_return_of_the_first(double? servedAfter, bool held)
    {
        var result = Result(
            FaultKind.GatewaysDown,
            [.. Many(10, LoadOutcome.Ok), .. Many(10, LoadOutcome.Refused)]) with { ServedAfterReturnMs = servedAfter };
        result.Trace.GatewayBackAt = 5;

        Assert.That(Promises.Judge(result).IsEmpty, Is.EqualTo(held));
    }

    [Test]
    public void Fault_that_was_never_injected_breaks_the_promise() =>
        Assert.That(
            Promises.Judge(Result(FaultKind.Kill, Many(1, LoadOutcome.Ok)) with { Trace = new FaultTrace(() => 0) }),
            Has.One.EqualTo("the fault was never injected"));

    [Test]
    public void Json_report_contains_the_load_and_the_broken_promises()
    {
        var result = Result(FaultKind.Kill, [.. Many(3, LoadOutcome.Ok), .. Many(1, LoadOutcome.Refused)]);

        using var json = JsonDocument.Parse(DrillJson.Of(result with { Broken = Promises.Judge(result) }));

        Assert.That(json.RootElement.GetProperty("fault").GetString(), Is.EqualTo("kill"));
        Assert.That(json.RootElement.GetProperty("sent").GetInt32(), Is.EqualTo(4));
        Assert.That(json.RootElement.GetProperty("held").GetBoolean(), Is.False);
        Assert.That(json.RootElement.GetProperty("broken")[0].GetString(), Is.EqualTo("1 refused, promised at most 0"));
    }

    [Test]
    public void Text_report_names_the_broken_promise()
    {
        var result = Result(FaultKind.Kill, [.. Many(3, LoadOutcome.Ok), .. Many(1, LoadOutcome.Refused)]);
        var output = new StringWriter();

        DrillText.Write(result with { Broken = Promises.Judge(result) }, output);

        Assert.That(
            output.ToString(),
            Does.Contain("× 1 refused, promised at most 0").And.Contain("drill kill:").And.Contain("sent           4, answered 3"));
    }

    private static Sample[] Many(int count, LoadOutcome outcome) =>
        [
            .. Enumerable.Range(0, count).Select(
                i => new Sample(i * 1000, i * 1000, (i * 1000) + 500, outcome) { Status = (ushort)(outcome == LoadOutcome.Ok ? 200 : 0) })];

    private static DrillResult Result(FaultKind fault, IReadOnlyList<Sample> samples)
    {
        var trace = new FaultTrace(() => 0);
        trace.Begin();
        return new DrillResult
        {
            Spec = new DrillSpec
            {
                Fault = fault,
                Load = new LoadSpec
                {
                    Target = new IPEndPoint(IPAddress.Loopback, 1),
                    Host = "payments",
                    Duration = TimeSpan.FromSeconds(15),
                },
            },
            Load = LoadReport.Of(samples, ["(no Via)"], 0),
            Trace = trace,
            Watch = new StatusWatch(new FakeMesh(), () => 0),
        };
    }
}
