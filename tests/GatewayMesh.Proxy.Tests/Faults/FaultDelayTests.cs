using GatewayMesh.Configuration.Policies.Faults;
using GatewayMesh.Proxy.Faults;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.Pipeline;
using GatewayMesh.Proxy.Telemetry;
using GatewayMesh.Proxy.Tests.Rig;
using GatewayMesh.Proxy.Tests.Rig.Http2;
using Microsoft.Extensions.Time.Testing;

namespace GatewayMesh.Proxy.Tests.Faults;

/// <summary>Delays and slow bodies in virtual time.</summary>
public sealed class FaultDelayTests
{
    private const string Call = "GET / HTTP/1.1\r\nHost: payments\r\n\r\n";

    [Test]
    public async Task A_delayed_request_waits_and_is_forwarded_then()
    {
        using var payments = Backend.Answering("paid");
        var time = new FakeTimeProvider();
        await using var mesh = await FaultTests.With(payments, Delay("slow", 10), time: time);
        using var client = await RawConnection.To(mesh.Outbound());

        await client.Send(Call);
        await Parked(mesh, 1);
        time.Advance(TimeSpan.FromSeconds(9));
        Assert.That(mesh.Plane.Faults.Parked, Is.EqualTo(1));
        Assert.That(payments.Executed, Is.Zero);
        time.Advance(TimeSpan.FromSeconds(1.1));
        var answer = await client.ReadMessage(isResponse: true);

        Assert.That((answer.Status, answer.Body, answer["gatewaymesh-fault"]), Is.EqualTo((200, "paid", "slow")));
        Assert.That(mesh.Plane.Faults.Parked, Is.Zero);
        Assert.That(mesh.Metrics(), Does.Contain("gatewaymesh_faults_injected_total{service=\"payments\",kind=\"delay\"} 1"));
        Assert.That(
            mesh.Plane.Inspection.Endpoints()[0].Latency,
            Is.LessThan(TimeSpan.FromSeconds(1)),
            "the delay is no latency of the instance");
    }

    [Test]
    public async Task A_delayed_request_of_HTTP_2_waits_too()
    {
        using var payments = Backend.Answering("paid");
        var time = new FakeTimeProvider();
        await using var mesh = await FaultTests.With(payments, Delay("slow", 10), time: time);
        using var client = await H2Connection.To(mesh.Outbound());

        await client.Request(Fields.Of((":method", "GET"), (":scheme", "http"), (":path", "/"), (":authority", "payments")));
        await Parked(mesh, 1);
        time.Advance(TimeSpan.FromSeconds(10.1));
        var answer = await client.ReadMessage();

        Assert.That((answer.Status, answer.Body, answer["gatewaymesh-fault"]), Is.EqualTo((200, "paid", "slow")));
    }

    [Test]
    public async Task A_delay_longer_than_the_deadline_ends_with_504_at_the_deadline()
    {
        using var payments = Backend.Answering("paid");
        var time = new FakeTimeProvider();
        await using var mesh = await FaultTests.With(payments, Delay("slow", 60), time: time);
        using var client = await RawConnection.To(mesh.Outbound());

        await client.Send(Call);
        await Parked(mesh, 1);
        time.Advance(TimeSpan.FromSeconds(15.1));
        var answer = await client.ReadMessage(isResponse: true);

        Assert.That((answer.Status, answer["gatewaymesh-fault"]), Is.EqualTo((504, "slow")));
        Assert.That(answer.Body, Does.Contain("deadline_exceeded"));
        Assert.That(payments.Executed, Is.Zero);
    }

    [Test]
    public async Task A_delay_comes_before_an_abort()
    {
        using var payments = Backend.Answering("paid");
        var time = new FakeTimeProvider();
        await using var mesh = await FaultTests.With(
            payments, Delay("slow", 1) with { Abort = FaultAbort.OfStatus(500) }, time: time);
        using var client = await RawConnection.To(mesh.Outbound());

        await client.Send(Call);
        await Parked(mesh, 1);
        time.Advance(TimeSpan.FromSeconds(1.1));

        Assert.That((await client.ReadMessage(isResponse: true)).Status, Is.EqualTo(500));
    }

    [Test]
    public async Task A_client_that_leaves_ends_the_delay()
    {
        using var payments = Backend.Answering("paid");
        await using var mesh = await FaultTests.With(payments, Delay("slow", 10), time: new FakeTimeProvider());
        using var client = await RawConnection.To(mesh.Outbound());

        await client.Send(Call);
        await Parked(mesh, 1);
        client.Reset();

        await Parked(mesh, 0);
        Assert.That(mesh.Metrics(), Does.Contain("status=\"499\""));
        Assert.That(payments.Executed, Is.Zero);
    }

    [Test]
    public async Task Delayed_requests_count_against_the_limits_of_the_service()
    {
        using var payments = Backend.Answering("paid");
        await using var mesh = await FaultTests.With(payments, Delay("slow", 10), time: new FakeTimeProvider());
        var outbound = mesh.Outbound();
        using var one = await RawConnection.To(outbound);
        using var two = await RawConnection.To(outbound);
        using var three = await RawConnection.To(outbound);

        await one.Send(Call);
        await two.Send(Call);
        await Parked(mesh, 2);

        Assert.That((await three.Ask(Call)).Body, Does.Contain("limit_reached"));
    }

    [Test]
    public async Task Beyond_the_bound_requests_are_not_delayed_and_counted()
    {
        using var metrics = new MeshMetrics();
        var faults = new FaultInjection(new SplitMix(1), new FakeTimeProvider(), metrics, most: 1);
        var exchange = new Exchange(TimeProvider.System, new RecordedResponse()) { Destination = "payments" };
        var delay = FaultDelay.Of(TimeSpan.FromSeconds(1));

        Assert.That(faults.TryDelay(exchange, delay), Is.Not.Null);
        Assert.That(faults.TryDelay(exchange, delay), Is.Null);
        Assert.That(faults.Parked, Is.EqualTo(1));

        exchange.Response.Abort();
        await Task.CompletedTask;
        Assert.That(() => faults.Parked, Is.Zero.After(5000, 5));
        Assert.That(faults.TryDelay(exchange, delay), Is.Not.Null, "the permit is free again");
    }

    [Test]
    public async Task A_slow_body_arrives_at_its_pace()
    {
        using var payments = Backend.Answering(new string('x', 5000));
        var time = new FakeTimeProvider();
        await using var mesh = await FaultTests.With(payments, new FaultRule { Name = "drip", SlowBody = 1000 }, time: time);
        using var client = await RawConnection.To(mesh.Outbound());

        await client.Send(Call);
        var answer = client.ReadMessage(isResponse: true);
        var passed = await PassUntil(time, answer);

        Assert.That((await answer).Body, Has.Length.EqualTo(5000));
        Assert.That((await answer)["gatewaymesh-fault"], Is.EqualTo("drip"));
        Assert.That(passed, Is.GreaterThan(TimeSpan.FromSeconds(4.5)));
        Assert.That(mesh.Metrics(), Does.Contain("gatewaymesh_faults_injected_total{service=\"payments\",kind=\"slow_body\"} 1"));
    }

    [Test]
    public async Task A_slow_body_of_HTTP_2_arrives_at_its_pace()
    {
        using var payments = Backend.Answering(new string('x', 5000));
        var time = new FakeTimeProvider();
        await using var mesh = await FaultTests.With(payments, new FaultRule { Name = "drip", SlowBody = 1000 }, time: time);
        using var client = await H2Connection.To(mesh.Outbound());

        await client.Request(Fields.Of((":method", "GET"), (":scheme", "http"), (":path", "/"), (":authority", "payments")));
        var answer = client.ReadMessage();
        var passed = await PassUntil(time, answer);

        Assert.That((await answer).Body, Has.Length.EqualTo(5000));
        Assert.That(passed, Is.GreaterThan(TimeSpan.FromSeconds(4.5)));
    }

    [Test]
    public async Task The_next_response_of_the_connection_is_not_slow()
    {
        using var payments = Backend.Answering("paid");
        var time = new FakeTimeProvider();
        await using var mesh = await FaultTests.With(
            payments,
            new FaultRule { Name = "drip", SlowBody = 16, Header = new("x-fault", Configuration.Entries.HeaderTest.Present, "") },
            time: time);
        using var client = await RawConnection.To(mesh.Outbound());

        await client.Send("GET / HTTP/1.1\r\nHost: payments\r\nx-fault: 1\r\n\r\n");
        var slow = client.ReadMessage(isResponse: true);
        await PassUntil(time, slow);

        Assert.That((await slow).Body, Is.EqualTo("paid"));
        Assert.That((await client.Ask(Call)).Body, Is.EqualTo("paid"));
    }

    private static FaultRule Delay(string name, double seconds) =>
        new() { Name = name, Delay = FaultDelay.Of(TimeSpan.FromSeconds(seconds)) };

    private static Task Parked(Mesh mesh, int count)
    {
        Assert.That(() => mesh.Plane.Faults.Parked, Is.EqualTo(count).After(5000, 5));
        return Task.CompletedTask;
    }

    // Moves the clock in small steps until the task has completed; returns the time that passed.
    private static async Task<TimeSpan> PassUntil(FakeTimeProvider time, Task task)
    {
        var began = time.GetUtcNow();
        while (!task.IsCompleted && time.GetUtcNow() - began < TimeSpan.FromMinutes(5))
        {
            time.Advance(TimeSpan.FromMilliseconds(20));
            await Task.WhenAny(task, Task.Delay(1));
        }

        return time.GetUtcNow() - began;
    }
}
