using System.Net;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Policies.Limits;
using GatewayMesh.Configuration.Policies.LoadBalancing;
using GatewayMesh.Configuration.Policies.Timeouts;
using GatewayMesh.Configuration.Reach;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Proxy.Limits;
using GatewayMesh.Proxy.Tests.Rig;

namespace GatewayMesh.Proxy.Tests.Hedging;

/// <summary>
/// Hedges under the limits of their service: they count as connections, and each send is evidence for the circuit breaker.
/// </summary>
public sealed class HedgeLimitTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: payments\r\n\r\n";
    private const string Well = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npaid";
    private const string Failure = "HTTP/1.1 503 X\r\nContent-Length: 0\r\n\r\n";

    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(51);
    private static readonly BreakerModel Watching = new() { Enabled = true, MinimumRequests = 100 };

    [TestCase(1, 504, 1)]
    [TestCase(2, 200, 2)]
    public async Task A_hedge_needs_a_connection_of_its_own(int most, int status, int sent)
    {
        using var payments = new Instances(Well);
        await using var mesh = await payments.Mesh(new LimitsModel { MaxConnections = most });
        using var client = await RawConnection.To(mesh.Outbound());

        await client.Send(Get);
        if (sent == 2)
        {
            Assert.That(() => View(mesh).Connections, Is.EqualTo(2).After(5000, 1), "while both are sent");
            payments.Release();
        }

        Assert.That((await client.ReadMessage(isResponse: true)).Status, Is.EqualTo(status));
        Assert.That(payments.Executed, Is.EqualTo(sent));
        Assert.That(() => View(mesh).Connections, Is.Zero.After(5000, 5), "each is returned once");
        Assert.That(mesh.Metrics(), sent == 2
            ? Does.Contain("gatewaymesh_hedges_total{outcome=\"won\"} 1")
            : Does.Contain("gatewaymesh_hedges_total{outcome=\"refused\"} 1").And.Contain(
                "gatewaymesh_limit_refusals_total{service=\"payments\",limit=\"connections\",criticality=\"default\"} 1"));
        Assert.That(mesh.Plane.Inspection.Endpoints().Sum(each => each.InFlight), Is.Zero);
    }

    [Test]
    public async Task A_canceled_loser_is_no_evidence_for_the_breaker()
    {
        using var payments = new Instances(Well);
        await using var mesh = await payments.Mesh(new LimitsModel { Breaker = Watching });
        using var client = await RawConnection.To(mesh.Outbound());

        await client.Send(Get);
        payments.Release();
        Assert.That((await client.ReadMessage(isResponse: true)).Status, Is.EqualTo(200));

        Assert.That(() => View(mesh).Connections, Is.Zero.After(5000, 5));
        Assert.That((View(mesh).Attempts, View(mesh).Failures), Is.EqualTo((1, 0)), "the hedge's success alone");
    }

    [Test]
    public async Task A_hedge_that_fails_and_a_first_send_that_succeeds_are_both_evidence()
    {
        using var payments = new Instances(Failure);
        await using var mesh = await payments.Mesh(new LimitsModel { Breaker = Watching });
        using var client = await RawConnection.To(mesh.Outbound());

        await client.Send(Get);
        payments.Release();
        await payments.Answered.Task.WaitAsync(RawConnection.Patience);
        await payments.Silent!.Send(Well);
        Assert.That((await client.ReadMessage(isResponse: true)).Status, Is.EqualTo(200));

        Assert.That(() => View(mesh).Connections, Is.Zero.After(5000, 5));
        Assert.That(() => (View(mesh).Attempts, View(mesh).Failures), Is.EqualTo((2, 1)).After(5000, 5));
    }

    [Test]
    public async Task A_hedge_that_fails_for_a_reason_of_this_node_is_no_evidence_for_the_breaker()
    {
        using var victim = Backend.Answering("secret");
        await using var mesh = await Mesh.Start(options => options with { Reach = Forbidding(victim.Address) });
        using var payments = new Backend(async (request, connection) =>
        {
            // A first attempt is answered once its hedge was started; the address of the hedge is refused without a connection.
            SpinWait.SpinUntil(
                () => request["gatewaymesh-attempt"] != "1" || View(mesh).Connections == 2, TimeSpan.FromMilliseconds(500));
            await connection.Send(Well);
        });
        mesh.Service(
            "payments",
            Hedged(new LimitsModel { Breaker = Watching }) with { LoadBalancing = new() { Policy = BalancingPolicy.Random } },
            payments.HostPort,
            victim.HostPort);
        using var client = await RawConnection.To(mesh.Outbound());

        // With the seed of the rig, some of the requests are sent to the reachable instance first, and hedged.
        for (var i = 0; i < 6; i++)
        {
            Assert.That((await client.Ask(Get)).Status, Is.EqualTo(200));
        }

        Assert.That(() => View(mesh).Connections, Is.Zero.After(5000, 5));
        Assert.That(mesh.Metrics(), Does.Match("gatewaymesh_hedges_total\\{outcome=\"lost\"\\} [1-9]"));
        Assert.That(View(mesh).Failures, Is.Zero);
        Assert.That(victim.Connections, Is.Zero);
    }

    [Test]
    public async Task No_hedge_joins_the_trial_of_a_half_open_breaker()
    {
        var count = 0;
        using var first = new Backend(Answer);
        using var second = new Backend(Answer);
        await using var mesh = await Mesh.Start();
        mesh.Service("payments", Hedged(new LimitsModel
        {
            Breaker = new() { Enabled = true, MinimumRequests = 1, OpenFor = TimeSpan.FromMilliseconds(50) },
        }), first.HostPort, second.HostPort);
        using var client = await RawConnection.To(mesh.Outbound());
        Assert.That((await client.Ask(Get)).Status, Is.EqualTo(503));
        Assert.That(() => View(mesh), Has.Property(nameof(LimitView.OpenFor)).EqualTo(TimeSpan.Zero).After(5000, 5));

        Assert.That((await client.Ask(Get)).Status, Is.EqualTo(504), "the trial, without an answer");

        Assert.That(count, Is.EqualTo(2));
        Assert.That(mesh.Metrics(), Does.Contain("gatewaymesh_hedges_total{outcome=\"refused\"} 1"));
        Assert.That(() => View(mesh).Connections, Is.Zero.After(5000, 5));

        Task Answer(RawMessage request, RawConnection connection) =>
            Interlocked.Increment(ref count) == 1 ? connection.Send(Failure) : Task.CompletedTask;
    }

    [TestCase(1, true)]
    [TestCase(2, false)]
    public async Task A_request_that_a_layer_above_sent_again_is_not_hedged_and_spends_nothing_for_it(int attempt, bool isHedged)
    {
        using var payments = Backend.Answering("paid");
        using var other = Backend.Answering("paid");
        var time = new DelayWatch();
        await using var mesh = await Mesh.Start(options => options with { Time = time });
        mesh.Service("payments", Hedged(LimitsModel.Default), payments.HostPort, other.HostPort);
        using var client = await RawConnection.To(mesh.Open(ListenerKind.Mesh, "mesh"));

        await client.Ask($"GET / HTTP/1.1\r\nHost: payments\r\ngatewaymesh-attempt: {attempt}\r\n\r\n");

        Assert.That(time.Delays > 0, Is.EqualTo(isHedged), "no delay, after which budgets would be asked");
    }

    [Test]
    public async Task A_client_that_leaves_is_no_evidence_against_either_instance()
    {
        using var payments = new Instances(Well);
        await using var mesh = await payments.Mesh(new LimitsModel { Breaker = Watching });
        var client = await RawConnection.To(mesh.Outbound());

        await client.Send(Get);
        Assert.That(() => View(mesh).Connections, Is.EqualTo(2).After(5000, 1));
        client.Reset();

        Assert.That(() => View(mesh).Connections, Is.Zero.After(5000, 5));
        Assert.That((View(mesh).Attempts, View(mesh).Failures), Is.EqualTo((0, 0)));
        Assert.That(mesh.Plane.Inspection.Endpoints().Sum(each => each.ConsecutiveFailures), Is.Zero);
    }

    // The rules of a node whose admin address is this one, which it never dials.
    private static ReachRules Forbidding(IPEndPoint address) => ReachRules.Of(
        new BootstrapSpec { Role = MeshRole.Gateway, Node = "gw", Admin = address, Gateway = new GatewaySpec { Address = "127.0.0.1" } });

    private static LimitView View(Mesh mesh) => mesh.Plane.Inspection.Limits().Single(view => view.Service == "payments");

    private static PolicyModel Hedged(LimitsModel limits) => PolicyModel.Default with
    {
        Hedging = new() { Delay = Delay },
        Limits = limits,
        Timeouts = TimeoutsModel.Default with { Request = TimeSpan.FromSeconds(1) },
    };

    /// <summary>Instances of which the first that is asked says nothing, and the others give an answer when the test says so.</summary>
    private sealed class Instances : IDisposable
    {
        private readonly List<Backend> _all = [];
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly string _answer;

        public Instances(string answer) => _answer = answer;

        public RawConnection? Silent { get; private set; }

        public TaskCompletionSource Answered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Executed => _all.Sum(each => each.Executed);

        public void Release() => _released.SetResult();

        public async Task<Mesh> Mesh(LimitsModel limits)
        {
            for (var i = 0; i < 2; i++)
            {
                _all.Add(new Backend(async (request, connection) =>
                {
                    if (request["gatewaymesh-attempt"] == "1")
                    {
                        Silent = connection;
                        return;
                    }

                    await _released.Task;
                    await connection.Send(_answer);
                    Answered.TrySetResult();
                }));
            }

            var mesh = await Rig.Mesh.Start();
            return mesh.Service("payments", Hedged(limits), [.. _all.Select(each => each.HostPort)]);
        }

        public void Dispose() => _all.ForEach(each => each.Dispose());
    }

    /// <summary>The system clock, which counts the delays of hedges.</summary>
    private sealed class DelayWatch : TimeProvider
    {
        private int _delays;

        public int Delays => Volatile.Read(ref _delays);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime == Delay)
            {
                Interlocked.Increment(ref _delays);
            }

            return base.CreateTimer(callback, state, dueTime, period);
        }
    }
}
