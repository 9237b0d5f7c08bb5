using GatewayMesh.Client.Tests.Rig;
using GatewayMesh.Configuration.Tunnels;
using Microsoft.Extensions.Time.Testing;

namespace GatewayMesh.Client.Tests.Failover;

/// <summary>Requests that were certainly not processed go to another target with any method.</summary>
public sealed class NothingProcessedTests
{
    private const string NotForwarded = "Proxy-Status: gatewaymesh; error=connection_limit_reached; forwarded=?0\r\nRetry-After: 1\r\n";

    [TestCase("GET")]
    [TestCase("POST")]
    [TestCase("PATCH")]
    public async Task A_refused_connection_sends_any_request_to_a_gateway(string method)
    {
        using var gateway = ScriptedGateway.Carrying();
        using var client = new TestClient(ScriptedServer.ClosedPort(), [gateway.Address]);

        using var answer = await client.SendAsync(method, method == "GET" ? null : new StringContent("body"));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(await answer.Content.ReadAsStringAsync(), Is.EqualTo("by the gateway"));
            Assert.That(gateway.Executed.Single().Body, Is.EqualTo(method == "GET" ? "" : "body"));
            Assert.That(gateway.Executed.Single()["gatewaymesh-attempt"], Is.EqualTo("1"), "a refused connection is not an attempt");
            Assert.That(gateway.Executed.Single()["Host"], Is.EqualTo("payments"));
            Assert.That(gateway.Hellos.Single(), Is.EqualTo(new TunnelHello("web", null, "host-a", gateway.Hellos.Single().Version)));
        }
    }

    [TestCase("POST")]
    [TestCase("GET")]
    public async Task An_answer_of_the_mesh_that_was_not_forwarded_sends_any_request_to_a_gateway(string method)
    {
        using var sidecar = ScriptedServer.Answering("busy", NotForwarded, "503 Service Unavailable");
        using var gateway = ScriptedGateway.Carrying();
        using var client = new TestClient(sidecar.Address, [gateway.Address]);

        using var answer = await client.SendAsync(method, method == "GET" ? null : new StringContent("body"));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(await answer.Content.ReadAsStringAsync(), Is.EqualTo("by the gateway"));
            Assert.That(gateway.Executed.Single()["gatewaymesh-attempt"], Is.EqualTo("2"));
        }
    }

    [Test]
    public async Task A_kept_connection_that_was_closed_meanwhile_loses_no_post()
    {
        var ended = new SemaphoreSlim(0);
        using var sidecar = new ScriptedServer(async (_, connection) =>
        {
            await connection.AnswerAsync("ok");
            connection.End();
            ended.Release();
        });
        using var client = new TestClient(sidecar.Address);

        for (var i = 0; i < 50; i++)
        {
            using var answer = await client.SendAsync("POST", new StringContent("body"));
            Assert.That(await answer.Content.ReadAsStringAsync(), Is.EqualTo("ok"));
            await ended.WaitAsync();
        }

        Assert.That(sidecar.Executed, Has.Count.EqualTo(50));
    }

    [Test]
    public async Task A_connect_timeout_sends_any_request_to_a_gateway()
    {
        using var full = new FullQueue();
        using var gateway = ScriptedGateway.Carrying();
        using var client = new TestClient(
            full.Address, [gateway.Address], options => options.ConnectTimeout = TimeSpan.FromMilliseconds(100));

        using var answer = await client.SendAsync("POST", new StringContent("body"));

        Assert.That(await answer.Content.ReadAsStringAsync(), Is.EqualTo("by the gateway"));
    }

    [TestCase(TunnelAnswer.Busy)]
    [TestCase(TunnelAnswer.Draining)]
    [TestCase(TunnelAnswer.Denied)]
    public async Task A_gateway_that_refuses_a_tunnel_is_followed_by_the_next_and_avoided_for_a_moment(TunnelAnswer refusal)
    {
        using var first = ScriptedGateway.Carrying("not this one");
        using var second = ScriptedGateway.Carrying();
        first.Answer = refusal;
        using var client = new TestClient(null, [first.Address, second.Address], time: new FakeTimeProvider());

        for (var i = 0; i < 3; i++)
        {
            using var answer = await client.SendAsync("POST", new StringContent("body"));
            Assert.That(await answer.Content.ReadAsStringAsync(), Is.EqualTo("by the gateway"));
        }

        Assert.That((first.Hellos.Count, first.Executed.Count), Is.EqualTo((1, 0)));
    }

    [Test]
    public async Task A_gateway_that_does_not_answer_the_hello_is_followed_by_the_next()
    {
        using var silent = ScriptedGateway.Carrying("not this one");
        using var second = ScriptedGateway.Carrying();
        silent.Answer = null;
        using var client = new TestClient(
            null, [silent.Address, second.Address], options => options.TunnelTimeout = TimeSpan.FromMilliseconds(200));

        Assert.That(await client.GetAsync(), Is.EqualTo("by the gateway"));
    }

    [Test]
    public async Task After_timeouts_at_every_gateway_each_gets_ten_times_as_long()
    {
        using var slow = new ScriptedGateway(
            (_, connection) => connection.AnswerAsync("slow")) { AnswerAfter = TimeSpan.FromMilliseconds(500) };
        using var client = new TestClient(null, [slow.Address], options => options.TunnelTimeout = TimeSpan.FromMilliseconds(250));

        Assert.That(await client.GetAsync(), Is.EqualTo("slow"));
        Assert.That(slow.Hellos, Has.Count.EqualTo(2));
    }

    [Test]
    public async Task The_failure_without_a_target_left_shows_that_nothing_was_processed()
    {
        using var client = new TestClient(ScriptedServer.ClosedPort(), [ScriptedServer.ClosedPort(), ScriptedServer.ClosedPort()]);

        var failure = await Assert.ThrowsAsync<GatewayMeshException>(() => client.SendAsync("POST", new StringContent("body")));

        Assert.That(
            (failure!.Refusal, failure.Reason, failure.MayHaveRun, failure.Attempts, failure.HttpRequestError),
            Is.EqualTo((ReplayRefusal.NoTargetLeft, (FailoverReason?)FailoverReason.Refused, false, 0, HttpRequestError.ConnectionError)));
    }
}
