using GatewayMesh.Client.Connections;
using GatewayMesh.Client.Routes;
using GatewayMesh.Client.Tests.Rig;
using GatewayMesh.Fixtures;

namespace GatewayMesh.Client.Tests.Routes;

/// <summary>Slow is not hung: only unanswered probes on separate connections mean hung.</summary>
public sealed class HungTests
{
    private static void Quick(GatewayMeshOptions options)
    {
        options.AnswerWait = TimeSpan.FromMilliseconds(50);
        options.ProbeTimeout = TimeSpan.FromMilliseconds(250);
    }

    [Test]
    public async Task A_slow_sidecar_that_answers_probes_is_not_abandoned()
    {
        ScriptedServer? slow = null;
        using var sidecar = slow = new ScriptedServer(async (_, connection) =>
        {
            await Eventually.Until("three probes were sent", () => slow!.Probes >= 3);
            await connection.AnswerAsync("slowly");
        });
        using var gateway = ScriptedGateway.Carrying();

        // A busy machine may answer a probe late, so the test has many probes with a long timeout each.
        using var client = new TestClient(sidecar.Address, [gateway.Address], options =>
        {
            options.AnswerWait = TimeSpan.FromMilliseconds(50);
            options.ProbeTimeout = TimeSpan.FromSeconds(20);
        });

        Assert.That((await client.GetAsync(), gateway.Executed.Count), Is.EqualTo(("slowly", 0)));
    }

    [Test]
    public async Task A_sidecar_that_answers_no_probes_is_abandoned_for_a_gateway_and_not_used_again()
    {
        using var sidecar = ScriptedServer.Silent();
        sidecar.AnswersProbes = false;
        using var gateway = ScriptedGateway.Carrying();
        using var client = new TestClient(sidecar.Address, [gateway.Address], Quick);

        Assert.That(await client.GetAsync(), Is.EqualTo("by the gateway"));
        Assert.That(
            (client.Handler.Routes.TargetBreaker!.IsOpen, gateway.Executed.Single()["gatewaymesh-attempt"]), Is.EqualTo((true, "2")));

        await client.GetAsync();
        Assert.That((sidecar.Executed.Count, gateway.Executed.Count), Is.EqualTo((1, 2)), "at once");
    }

    [Test]
    public async Task A_post_in_flight_waits_for_a_hung_sidecar_and_runs_once()
    {
        var awake = new TaskCompletionSource();
        using var sidecar = new ScriptedServer(async (_, connection) =>
        {
            await awake.Task;
            await connection.AnswerAsync("awake again");
        });
        sidecar.AnswersProbes = false;
        using var gateway = ScriptedGateway.Carrying();
        using var client = new TestClient(sidecar.Address, [gateway.Address], Quick);

        var posting = client.SendAsync("POST", new StringContent("body"));
        await Eventually.Until("two probes were sent", () => sidecar.Probes >= 2);
        awake.SetResult();

        using var answer = await posting;
        Assert.That(
            (await answer.Content.ReadAsStringAsync(), sidecar.Executed.Count, gateway.Executed.Count), Is.EqualTo(("awake again", 1, 0)));
    }

    [Test]
    public async Task A_request_without_another_target_waits_for_a_hung_sidecar()
    {
        var awake = new TaskCompletionSource();
        using var sidecar = new ScriptedServer(async (_, connection) =>
        {
            await awake.Task;
            await connection.AnswerAsync("awake again");
        });
        sidecar.AnswersProbes = false;
        using var client = new TestClient(sidecar.Address, with: Quick);

        var getting = client.GetAsync();
        await Eventually.Until("two probes were sent", () => sidecar.Probes >= 2);
        awake.SetResult();

        Assert.That((await getting, sidecar.Executed.Count), Is.EqualTo(("awake again", 1)));
    }

    [Test]
    public async Task A_hung_gateway_is_abandoned_for_the_next()
    {
        using var hung = new ScriptedGateway((_, connection) => connection.UntilEndedAsync()) { AnswersProbes = false };
        using var next = ScriptedGateway.Carrying();
        using var client = new TestClient(null, [hung.Address, next.Address], Quick);

        Assert.That(await client.GetAsync(), Is.EqualTo("by the gateway"));
    }

    [Test]
    public async Task A_target_is_hung_after_exactly_two_unanswered_probes_of_250_milliseconds()
    {
        var time = new ObservedTime();
        var dialer = new SilentDialer();
        var liveness = new TargetLiveness(
            new LiveProbe(dialer, TimeSpan.FromMilliseconds(250), time), failures: 2, TimeSpan.FromMilliseconds(250), time);

        var hung = liveness.IsHungAsync();
        await AskedAsync(1);
        time.Advance(TimeSpan.FromMilliseconds(249));
        Assert.That((hung.IsCompleted, dialer.Asked), Is.EqualTo((false, 1)));

        time.Advance(TimeSpan.FromMilliseconds(1));
        await AskedAsync(2);
        time.Advance(TimeSpan.FromMilliseconds(249));
        Assert.That(hung.IsCompleted, Is.False);

        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.That((await hung, dialer.Asked), Is.EqualTo((true, 2)));

        // The timer of a probe starts after its connection was requested.
        async Task AskedAsync(int times) => await Eventually.Until($"probe {times}", () => dialer.Asked == times && time.Waiting == 1);
    }

    [Test]
    public async Task Waiting_requests_share_the_probes_and_an_answer_stays_valid_for_a_moment()
    {
        using var sidecar = ScriptedServer.Answering();
        var time = new ObservedTime();
        var address = new Client.Settings.TargetAddress(
            "127.0.0.1", int.Parse(sidecar.Address.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture));
        var liveness = new TargetLiveness(
            new LiveProbe(new SidecarDialer(address, TimeSpan.FromSeconds(5), time), TimeSpan.FromMilliseconds(250), time),
            2,
            TimeSpan.FromMilliseconds(250),
            time);

        Assert.That(await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => liveness.IsHungAsync())), Is.All.False);
        Assert.That(await liveness.IsHungAsync(), Is.False);
        Assert.That(sidecar.Probes, Is.EqualTo(1));

        time.Advance(TimeSpan.FromMilliseconds(250));
        Assert.That((await liveness.IsHungAsync(), sidecar.Probes), Is.EqualTo((false, 2)));
    }

    [Test]
    public async Task A_refused_probe_does_not_mean_hung()
    {
        var address = new Client.Settings.TargetAddress(
            "127.0.0.1", int.Parse(ScriptedServer.ClosedPort().Split(':')[1], System.Globalization.CultureInfo.InvariantCulture));
        var liveness = new TargetLiveness(
            new LiveProbe(
                new SidecarDialer(address, TimeSpan.FromSeconds(5), TimeProvider.System), TimeSpan.FromSeconds(5), TimeProvider.System),
            2,
            TimeSpan.Zero,
            TimeProvider.System);

        Assert.That(await liveness.IsHungAsync(), Is.False, "a draining target may still finish requests in flight");
    }

    private sealed class SilentDialer : IDialer
    {
        private int _asked;

        public int Asked => Volatile.Read(ref _asked);

        public async ValueTask<Stream> DialAsync(bool patient, CancellationToken cancellation)
        {
            Interlocked.Increment(ref _asked);
            await Task.Delay(Timeout.Infinite, cancellation);
            throw new InvalidOperationException();
        }
    }
}
