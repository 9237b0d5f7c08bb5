using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Policies.Retries;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Proxy.Tests.Rig;
using GatewayMesh.Proxy.Tests.Rig.Http2;

namespace GatewayMesh.Proxy.Tests.Hedging;

/// <summary>
/// Requests without a body that lost the race against their hedge, on HTTP/2 connections: each is reset, at a rate. The instances never
/// respond to a first attempt and respond to a second at once.
/// </summary>
[NonParallelizable]
public class LoserTests
{
    private const int Cancel = 8;
    private const int Losers = 400;
    private const int AtATime = 8;
    private const int ThreadsMayGrow = 12; // a pool fluctuates; a leaked thread per loser would be hundreds

    [Test]
    public async Task Losers_of_hedges_leave_no_request_and_no_thread_behind_and_no_other_client_notices()
    {
        using var application = new ResettableInstances();
        using var other = H2Backend.Answering("booked");
        await using var mesh = await Mesh.Start();
        var policy = PolicyModel.Default with
        {
            Hedging = new() { Delay = TimeSpan.FromMilliseconds(40) },
            Retries = RetriesModel.Default with { Budget = new() { MinPerSecond = 10_000 } },
        };
        mesh.Policy(policy); // also for the budget of the whole process
        mesh.Service("payments", "http2", policy, application.HostPorts);
        mesh.BareService("ledger", other.HostPort, "http2");
        var outbound = mesh.Outbound();
        using var end = new CancellationTokenSource();
        var witness = Witness(outbound, end.Token);
        await Race(outbound, 5); // both connections are open, with known settings
        var threads = ThreadPool.ThreadCount;

        await Task.WhenAll(Enumerable.Range(0, AtATime).Select(_ => Race(outbound, Losers / AtATime)));

        await end.CancelAsync();
        var (answered, failed) = await witness;
        Assert.That(() => mesh.Plane.Inspection.Figures.InFlight, Is.Zero.After(5000, 5));
        Assert.That(
            () => mesh.Plane.Inspection.Endpoints().Sum(endpoint => endpoint.InFlight),
            Is.Zero.After(5000, 5),
            "each loser's lease is returned");
        Assert.That(application.Firsts, Is.GreaterThan(Losers * 3 / 4), "on a busy machine some lose before they are sent");
        Assert.That(() => application.Resets, Is.EqualTo(application.Firsts).After(5000, 5), "the application sees each reset");
        Assert.That(ThreadPool.ThreadCount - threads, Is.LessThanOrEqualTo(ThreadsMayGrow));
        Assert.That((answered > 0, failed), Is.EqualTo((true, 0)));
    }

    private static async Task Race(System.Net.IPEndPoint outbound, int count)
    {
        using var client = await H2Connection.To(outbound);
        for (var i = 0; i < count; i++)
        {
            var answer = await client.Ask(Fields.Request("GET", "/", "payments"));
            Assert.That((answer.Status, answer.Body), Is.EqualTo((200, "paid")));
        }
    }

    // Calls of another service, one after the other, until the end.
    private static async Task<(int Answered, int Failed)> Witness(System.Net.IPEndPoint outbound, CancellationToken end)
    {
        using var client = await H2Connection.To(outbound);
        var (answered, failed) = (0, 0);
        while (!end.IsCancellationRequested)
        {
            var answer = await client.Ask(Fields.Request("GET", "/", "ledger"));
            _ = answer is { Status: 200, Body: "booked" } ? answered++ : failed++;
        }

        return (answered, failed);
    }

    /// <summary>Two instances that respond only to second attempts.</summary>
    private sealed class ResettableInstances : IDisposable
    {
        private readonly Backend[] _instances = [new(), new()];
        private int _firsts;
        private int _resets;

        public ResettableInstances()
        {
            foreach (var instance in _instances)
            {
                _ = Task.Run(() => Accept(instance));
            }
        }

        public HostPort[] HostPorts => [.. _instances.Select(instance => instance.HostPort)];

        /// <summary>First attempts that arrived.</summary>
        public int Firsts => Volatile.Read(ref _firsts);

        /// <summary>First attempts that were reset with CANCEL.</summary>
        public int Resets => Volatile.Read(ref _resets);

        public void Dispose()
        {
            foreach (var instance in _instances)
            {
                instance.Dispose();
            }
        }

        private async Task Accept(Backend instance)
        {
            while (true)
            {
                var raw = await instance.NextConnection(Timeout.InfiniteTimeSpan);
                _ = Task.Run(() => Serve(raw));
            }
        }

        private async Task Serve(RawConnection raw)
        {
            using var connection = await H2Connection.Accept(raw);
            while (true)
            {
                var frame = await connection.Read();
                if (frame.Type == FrameType.RstStream && frame.ErrorCode == Cancel)
                {
                    Interlocked.Increment(ref _resets);
                }
                else if (frame.Type == FrameType.Headers && Hpack.Decode(frame.Payload)["gatewaymesh-attempt"] == "1")
                {
                    Interlocked.Increment(ref _firsts);
                }
                else if (frame.Type == FrameType.Headers)
                {
                    await connection.Headers(frame.Stream, Fields.Of((":status", "200")));
                    await connection.Data(frame.Stream, "paid", end: true);
                }
            }
        }
    }
}
