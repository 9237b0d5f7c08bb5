using GatewayMesh.Client.Tests.Rig;
using GatewayMesh.Fixtures;

namespace GatewayMesh.Client.Tests.Routes;

/// <summary>Opening and closing of the sidecar's circuit breaker.</summary>
public sealed class TargetBreakerTests
{
    [Test]
    public async Task Requests_go_straight_to_the_gateways_after_the_configured_failures()
    {
        using var gateway = ScriptedGateway.Carrying();
        using var client = new TestClient(
            ScriptedServer.ClosedPort(), [gateway.Address], options => options.BreakerFailures = 3, new ObservedTime());
        var breaker = client.Handler.Routes.TargetBreaker!;

        await client.GetAsync();
        await client.GetAsync();
        Assert.That(breaker.IsOpen, Is.False);

        await client.GetAsync();
        Assert.That(breaker.IsOpen);

        // Requests that go straight to a gateway are not failovers and cost no budget.
        while (client.Budget.TryTake())
        {
        }

        Assert.That(await client.GetAsync(), Is.EqualTo("by the gateway"));
    }

    [Test]
    public async Task A_success_in_between_resets_the_count()
    {
        var requests = 0;
        using var sidecar = new ScriptedServer((_, connection) => Interlocked.Increment(ref requests) % 3 == 0
            ? connection.AnswerAsync("ok")
            : connection.AnswerAsync(
                "", "Proxy-Status: gatewaymesh; error=connection_limit_reached; forwarded=?0\r\n", "503 Service Unavailable"));
        using var gateway = ScriptedGateway.Carrying();
        using var client = new TestClient(sidecar.Address, [gateway.Address], options => options.BreakerFailures = 3);

        for (var i = 0; i < 9; i++)
        {
            await client.GetAsync();
        }

        Assert.That(
            (client.Handler.Routes.TargetBreaker!.IsOpen, sidecar.Executed.Count, gateway.Executed.Count), Is.EqualTo((false, 9, 6)));
    }

    [Test]
    public async Task An_overloaded_sidecar_is_avoided_after_the_configured_refusals()
    {
        using var sidecar = ScriptedServer.Answering(
            "", "Proxy-Status: gatewaymesh; error=connection_limit_reached; forwarded=?0\r\n", "503 Service Unavailable");
        using var gateway = ScriptedGateway.Carrying();
        using var client = new TestClient(sidecar.Address, [gateway.Address], options => options.BreakerFailures = 2, new ObservedTime());

        for (var i = 0; i < 5; i++)
        {
            Assert.That(await client.GetAsync(), Is.EqualTo("by the gateway"));
        }

        Assert.That(sidecar.Executed, Has.Count.EqualTo(2));
    }

    [Test]
    public async Task A_failing_service_does_not_open_the_breaker_of_its_sidecar()
    {
        using var sidecar = ScriptedServer.Answering(
            "", "Proxy-Status: gatewaymesh; error=connection_refused; forwarded=?0\r\n", "502 Bad Gateway");
        using var gateway = ScriptedGateway.Carrying();
        using var client = new TestClient(sidecar.Address, [gateway.Address], options => options.BreakerFailures = 1);

        await client.GetAsync();

        Assert.That(client.Handler.Routes.TargetBreaker!.IsOpen, Is.False);
    }

    [Test]
    public async Task Requests_lost_at_once_do_not_open_the_breaker_of_an_address_that_answers()
    {
        var requests = 0;
        using var sidecar = new ScriptedServer((_, connection) =>
        {
            if (Interlocked.Increment(ref requests) <= 10)
            {
                connection.Reset();
                return Task.CompletedTask;
            }

            return connection.AnswerAsync("by the guard");
        });
        using var gateway = ScriptedGateway.Carrying();
        using var client = new TestClient(sidecar.Address, [gateway.Address], options => options.BreakerFailures = 1);

        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => client.GetAsync()));
        await client.Handler.Routes.TargetBreaker!.Doubting;

        Assert.That(client.Handler.Routes.TargetBreaker!.IsOpen, Is.False);
    }

    [Test]
    public async Task An_address_that_resets_every_connection_opens_the_breaker()
    {
        using var sidecar = new ResettingEverything();
        using var gateway = ScriptedGateway.Carrying();
        using var client = new TestClient(sidecar.Address, [gateway.Address], options => options.BreakerFailures = 3);

        for (var i = 0; i < 10 && !client.Handler.Routes.TargetBreaker!.IsOpen; i++)
        {
            Assert.That(await client.GetAsync(), Is.EqualTo("by the gateway"));
            await client.Handler.Routes.TargetBreaker!.Doubting;
        }

        Assert.That(client.Handler.Routes.TargetBreaker!.IsOpen);
    }

    [Test]
    public async Task The_sidecar_is_used_again_only_after_it_answered_every_probe_for_the_configured_time()
    {
        var time = new ObservedTime();
        using var sidecar = ScriptedServer.Answering("by the sidecar");
        sidecar.AnswersProbes = false;
        using var gateway = ScriptedGateway.Carrying();
        using var client = new TestClient(sidecar.Address, [gateway.Address], options =>
        {
            options.BreakerFailures = 1;
            options.ProbeTimeout = TimeSpan.FromSeconds(1);
            options.ProbeInterval = TimeSpan.FromSeconds(1);
            options.FailbackAfter = TimeSpan.FromSeconds(2);
        }, time);
        var breaker = client.Handler.Routes.TargetBreaker!;
        breaker.Failed(FailoverReason.Refused);
        Assert.That(await client.GetAsync(), Is.EqualTo("by the gateway"));

        // Silent, answering for too short a time, silent again, then answering long enough.
        await Eventually.Until("a probe was sent", () => sidecar.Probes > 0);
        sidecar.AnswersProbes = true;
        var since = (TimeSpan?)null;
        await Eventually.Until("the sidecar is used again", () =>
        {
            var answered = sidecar.Probes;
            if (time.Waiting > 0 && breaker.IsOpen)
            {
                time.Advance(TimeSpan.FromMilliseconds(250));
            }

            if (answered > 1)
            {
                since ??= TimeSpan.FromTicks(time.GetTimestamp());
            }

            return !breaker.IsOpen;
        });

        Assert.That(TimeSpan.FromTicks(time.GetTimestamp()) - since, Is.GreaterThanOrEqualTo(TimeSpan.FromSeconds(1.5)));
        Assert.That(await client.GetAsync(), Is.EqualTo("by the sidecar"));
    }

    [Test]
    public async Task A_sidecar_that_is_not_used_is_still_the_last_resort()
    {
        using var sidecar = ScriptedServer.Answering("by the sidecar");
        using var client = new TestClient(sidecar.Address, [ScriptedServer.ClosedPort()], with: null, new ObservedTime());
        client.Handler.Routes.TargetBreaker!.Failed(FailoverReason.Hung);

        Assert.That(await client.GetAsync(), Is.EqualTo("by the sidecar"));
    }

    [Test]
    public async Task A_disposed_handler_stops_probing()
    {
        using var client = new TestClient(ScriptedServer.ClosedPort(), ["127.0.0.1:1"]);
        var breaker = client.Handler.Routes.TargetBreaker!;
        breaker.Failed(FailoverReason.Hung);

        client.Dispose();

        await breaker.Watching.WaitAsync(TimeSpan.FromSeconds(30));
    }

    private sealed class ResettingEverything() : ScriptedServer((_, _) => Task.CompletedTask)
    {
        protected override async Task ServeAsync(ServerConnection connection)
        {
            await connection.ReadHeadAsync();
            connection.Reset();
        }
    }
}
