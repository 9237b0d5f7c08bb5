using GatewayMesh.Guard.Probing;
using GatewayMesh.Linux;

namespace GatewayMesh.Tests.Guard.Probing;

public sealed class ServedTrafficTests
{
    private ProgressPage _page = null!;

    [SetUp]
    public void Create() => _page = ProgressPage.Create();

    [TearDown]
    public void Dispose() => _page.Dispose();

    [Test]
    public void Requests_on_every_loop_are_evidence_once()
    {
        _page.PublishLoops(2);
        var traffic = new ServedTraffic(_page);
        Serve(requests: 5, 0, 1);
        Assert.That(traffic.Look(), Is.True);
        Assert.That(traffic.Look(), Is.False, "nothing since");
    }

    [Test]
    public void A_loop_that_does_not_turn_spoils_it()
    {
        _page.PublishLoops(2);
        var traffic = new ServedTraffic(_page);
        Serve(requests: 500, 0);
        Assert.That(traffic.Look(), Is.False);
        Serve(requests: 500, 0, 1);
        Assert.That(traffic.Look(), Is.True);
    }

    [Test]
    public void Turns_and_responses_of_the_worker_itself_are_none()
    {
        _page.PublishLoops(1);
        var traffic = new ServedTraffic(_page);
        Serve(requests: 0, 0);
        Assert.That(traffic.Look(), Is.False);
        _page.Count(Progress.RequestsStarted);
        _page.Count(Progress.RequestsEnded);
        Serve(requests: 0, 0);
        Assert.That(traffic.Look(), Is.False, "a refusal, or a probe");
        Serve(requests: 1, 0);
        Assert.That(traffic.Look(), Is.True);
    }

    [Test]
    public void A_worker_that_publishes_no_loops_gives_none()
    {
        var traffic = new ServedTraffic(_page);
        Serve(requests: 500);
        Assert.That(traffic.Look(), Is.False);
    }

    private void Serve(int requests, params int[] loops)
    {
        for (var i = 0; i < requests; i++)
        {
            _page.Count(Progress.UpstreamAnswers);
        }

        foreach (var loop in loops)
        {
            _page.Loop(loop).Turned(_page.Loop(loop).Turns + 1);
        }
    }
}
