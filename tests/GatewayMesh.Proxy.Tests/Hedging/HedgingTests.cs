using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Policies.Hedging;
using GatewayMesh.Configuration.Policies.Retries;
using GatewayMesh.Proxy.Tests.Rig;

namespace GatewayMesh.Proxy.Tests.Hedging;

public class HedgingTests
{
    private const string Get = "GET /a%2Fb?c HTTP/1.1\r\nHost: payments\r\nX-Kept: yes\r\n\r\n";
    private const string Post = "POST / HTTP/1.1\r\nHost: payments\r\nContent-Length: 3\r\n\r\nabc";

    private static readonly HedgingModel Soon = new() { Delay = TimeSpan.FromMilliseconds(50) };

    [Test]
    public async Task A_request_without_a_response_is_hedged_and_the_first_response_wins()
    {
        using var payments = new SlowInstances(slow: 1);
        await using var mesh = await payments.Mesh(Soon);
        using var client = await RawConnection.To(mesh.Outbound());

        var answer = await client.Ask(Get);

        Assert.That((answer.Status, answer.Body), Is.EqualTo((200, "paid")));
        Assert.That(
            payments.Seen.Select(request => request["gatewaymesh-attempt"]), Is.EqualTo(new[] { "1", "2" }), "a hedge is an attempt");
        Assert.That(payments.Seen.Select(request => request.StartLine), Is.All.EqualTo("GET /a%2Fb?c HTTP/1.1"));
        Assert.That(
            payments.Seen.Select(request => (request["X-Kept"], request["Host"], request["gatewaymesh-source"])),
            Is.All.EqualTo(("yes", "payments", "web")));
        Assert.That(await payments.Slow[0].IsEnded(), "the loser is canceled");
        Assert.That((await client.Ask(Get)).Body, Is.EqualTo("paid"), "one response, and the connection is intact");
        Assert.That(() => mesh.Plane.Inspection.Endpoints().Select(endpoint => endpoint.InFlight), Is.All.Zero.After(5000, 5));
        Assert.That(mesh.Metrics(), Does.Contain("gatewaymesh_hedges_total{outcome=\"won\"} 1"));
    }

    [Test]
    public async Task A_bad_response_waits_for_the_other()
    {
        using var payments = new SlowInstances(slow: 1, "HTTP/1.1 503 X\r\nContent-Length: 0\r\n\r\n");
        await using var mesh = await payments.Mesh(Soon);
        using var client = await RawConnection.To(mesh.Outbound());

        await client.Send(Get);
        await payments.Answered.Task.WaitAsync(RawConnection.Patience);
        await payments.Slow[0].Send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nslow");

        Assert.That((await client.ReadMessage(isResponse: true)).Body, Is.EqualTo("slow"));
        Assert.That(mesh.Metrics(), Does.Contain("gatewaymesh_hedges_total{outcome=\"lost\"} 1"));
        Assert.That(() => mesh.Plane.Inspection.Endpoints().Select(endpoint => endpoint.InFlight), Is.All.Zero.After(5000, 5));
    }

    [TestCase(Post, "", 504)]
    [TestCase(Post, "POST", 200)]
    public async Task A_non_idempotent_method_is_hedged_with_its_body_only_if_the_policy_allows(string request, string method, int status)
    {
        using var payments = new SlowInstances(slow: 1);
        await using var mesh = await payments.Mesh(Soon, RetriesModel.Default with { Methods = method.Length == 0 ? [] : [method] });
        using var client = await RawConnection.To(mesh.Outbound());

        Assert.That((await client.Ask(request)).Status, Is.EqualTo(status));
        Assert.That(payments.Seen.Select(each => each.Body), Is.EqualTo(status == 200 ? new[] { "abc", "abc" } : ["abc"]));
    }

    [Test]
    public async Task A_body_that_is_not_buffered_is_not_hedged()
    {
        using var payments = new SlowInstances(slow: 1);
        await using var mesh = await payments.Mesh(Soon, RetriesModel.Default with { AllMethods = true, BufferSize = 2 });
        using var client = await RawConnection.To(mesh.Outbound());

        Assert.That((await client.Ask(Post)).Status, Is.EqualTo(504));
        Assert.That(payments.Seen.Count(), Is.EqualTo(1));
    }

    [TestCase(0, 504, 1)]
    [TestCase(1, 504, 2)]
    [TestCase(2, 200, 3)]
    public async Task Hedges_never_exceed_the_policys_maximum(int most, int status, int sent)
    {
        using var payments = new SlowInstances(slow: 2, instances: 4);
        await using var mesh = await payments.Mesh(Soon with { MaxHedges = most });
        using var client = await RawConnection.To(mesh.Outbound());

        Assert.That((await client.Ask(Get)).Status, Is.EqualTo(status));
        Assert.That(payments.Seen.Count(), Is.EqualTo(sent));
    }

    [Test]
    public async Task A_hedge_spends_the_retry_budget()
    {
        using var payments = new SlowInstances(slow: 1);
        await using var mesh = await payments.Mesh(Soon, RetriesModel.Default with { Budget = new() { Ratio = 0, MinPerSecond = 0 } });
        using var client = await RawConnection.To(mesh.Outbound());

        Assert.That((await client.Ask(Get)).Status, Is.EqualTo(504));
        Assert.That(payments.Seen.Count(), Is.EqualTo(1));
        Assert.That(mesh.Metrics(), Does.Contain("gatewaymesh_hedges_total{outcome=\"refused\"} 1"));
    }

    [TestCase(60, 504)]
    [TestCase(64, 200)]
    public async Task The_hedging_delay_is_a_quantile_once_enough_latencies_are_known(int known, int status)
    {
        using var payments = new SlowInstances(slow: 1, after: known);
        await using var mesh = await payments.Mesh(new HedgingModel { Quantile = 0.99 });
        using var client = await RawConnection.To(mesh.Outbound());
        for (var i = 0; i < known; i++)
        {
            Assert.That((await client.Ask(Get)).Status, Is.EqualTo(200));
        }

        Assert.That((await client.Ask(Get)).Status, Is.EqualTo(status));
    }

    [Test]
    public void The_quantile_is_the_nearest_rank_of_the_window()
    {
        var window = new GatewayMesh.Proxy.Hedging.LatencyWindow();
        for (var i = 1; i <= 63; i++)
        {
            window.Add(TimeSpan.FromMilliseconds(i));
        }

        Assert.That(window.Quantile(0.5), Is.Null);
        for (var i = 64; i <= 100; i++)
        {
            window.Add(TimeSpan.FromMilliseconds(i));
        }

        Assert.That(window.Quantile(0.95), Is.EqualTo(TimeSpan.FromMilliseconds(95)));
        Assert.That(window.Quantile(0.5), Is.EqualTo(TimeSpan.FromMilliseconds(50)));
        for (var i = 0; i < 256; i++)
        {
            window.Add(TimeSpan.FromSeconds(1));
        }

        Assert.That(window.Quantile(0.5), Is.EqualTo(TimeSpan.FromSeconds(1)), "old values no longer count");
    }

    /// <summary>A service whose first requests get no response, at any instance.</summary>
    private sealed class SlowInstances : IDisposable
    {
        private readonly List<Backend> _instances = [];
        private readonly System.Collections.Concurrent.ConcurrentQueue<RawMessage> _seen = [];
        private int _count;

        public SlowInstances(int slow, string answer = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npaid", int instances = 2, int after = 0)
        {
            for (var i = 0; i < instances; i++)
            {
                _instances.Add(new Backend(async (request, connection) =>
                {
                    _seen.Enqueue(request);
                    var number = Interlocked.Increment(ref _count) - after;
                    if (number is > 0 && number <= slow)
                    {
                        Slow.Add(connection);
                        return;
                    }

                    await connection.Send(answer);
                    Answered.TrySetResult();
                }));
            }
        }

        public List<RawConnection> Slow { get; } = [];

        public TaskCompletionSource Answered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public IEnumerable<RawMessage> Seen => _seen;

        public async Task<Mesh> Mesh(HedgingModel hedging, RetriesModel? retries = null)
        {
            var mesh = await Rig.Mesh.Start();
            var policy = PolicyModel.Default with
            {
                Hedging = hedging,
                Retries = retries ?? RetriesModel.Default,
                Timeouts = new() { Request = TimeSpan.FromSeconds(1) },
            };
            return mesh.Service("payments", policy, [.. _instances.Select(instance => instance.HostPort)]);
        }

        public void Dispose() => _instances.ForEach(instance => instance.Dispose());
    }
}
