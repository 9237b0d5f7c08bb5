using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Forwarding;
using GatewayMesh.Proxy.Limits;
using GatewayMesh.Proxy.Listeners;
using GatewayMesh.Proxy.Listeners.Floods;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.Pipeline;
using GatewayMesh.Proxy.Resilience;
using GatewayMesh.Proxy.Routing;
using GatewayMesh.Proxy.Tests.Rig;
using GatewayMesh.Proxy.Tests.Rig.Http2;
using GatewayMesh.Proxy.Upstreams;

namespace GatewayMesh.Proxy.Tests.Pipeline;

/// <summary>
/// In the steady state a plain request costs no allocation in any step: matching, policy, admission, limits, deadline, and selection of an
/// instance. <see cref="WholeProxyAllocationTests"/> measures the whole path over HTTP/1.1. HTTP/2 allocates: its heads, bodies, and
/// asynchronous state in the server (Kestrel), the forwarder (YARP), and the HTTP client.
/// </summary>
public class AllocationTests
{
    private const int Rounds = 2000;

    // Creates the text of a field that the request does not have.
    private static readonly string[] WriteText = [nameof(RequestIdStep)];

    [TestCase(ListenerKind.Outbound)]
    [TestCase(ListenerKind.Inbound)]
    [TestCase(ListenerKind.Mesh)]
    public async Task Steps_allocate_only_the_text_of_new_fields_for_a_plain_request(ListenerKind kind)
    {
        await using var mesh = await Limited();
        var exchange = new Exchange(TimeProvider.System, new RecordedResponse());
        var inbound = Arrived(kind);
        var steps = mesh.Plane.Pipeline.Steps;
        var refused = 0;
        Assert.That(Steady(Batch), Is.Empty);
        Assert.That(refused, Is.Zero, "every step lets it pass");

        List<string> Batch()
        {
            var allocated = new long[steps.Count];
            for (var round = 0; round < Rounds; round++)
            {
                Receive(exchange);
                exchange.Begin(inbound, mesh.Plane.Behaviors.Of(kind), mesh.Plane.Mesh);
                for (var i = 0; i < steps.Count; i++)
                {
                    var before = GC.GetAllocatedBytesForCurrentThread();
                    var goesOn = steps[i].Take(exchange).Continues;
                    allocated[i] += GC.GetAllocatedBytesForCurrentThread() - before;
                    refused += goesOn ? 0 : 1;
                }

                exchange.LeaveLimits(MeshError.None);
                exchange.End();
            }

            return [
                .. steps.Select((step, i) => (step.GetType().Name, Bytes: allocated[i]))
                    .Where(one => one.Bytes >= Rounds && !WriteText.Contains(one.Name))
                    .Select(one => $"{one.Name}: {one.Bytes / Rounds} bytes")];
        }
    }

    [TestCase("api")]
    [TestCase("API.shop.svc.cluster.local:80")]
    [TestCase("10.96.0.10")]
    [TestCase("10.244.1.11:8080")]
    public async Task A_known_name_of_a_namespace_is_routed_without_allocation(string host)
    {
        await using var mesh = await Mesh.Start();
        mesh.Named(new DiscoveredService("api.shop", [new DiscoveredInstance("api-1", "", new HostPort("10.244.1.11", 8080), true)])
        {
            Frontend = new ServiceFrontend(80, ["10.96.0.10"]),
        });
        var step = mesh.Plane.Pipeline.Steps.OfType<RouteStep>().Single();
        var exchange = new Exchange(TimeProvider.System, new RecordedResponse());
        var inbound = Arrived(ListenerKind.Outbound);
        Assert.That(Steady(Batch), Is.Empty);

        List<string> Batch()
        {
            var allocated = 0L;
            for (var round = 0; round < Rounds; round++)
            {
                exchange.Head.Method = "GET";
                exchange.Head.Target = "/";
                exchange.Head.Fields.Add("Host", host);
                exchange.Begin(inbound, mesh.Plane.Behaviors.Of(ListenerKind.Outbound), mesh.Plane.Mesh);
                foreach (var earlier in mesh.Plane.Pipeline.Steps.TakeWhile(earlier => earlier != step))
                {
                    Assert.That(earlier.Take(exchange).Continues, Is.True);
                }

                var before = GC.GetAllocatedBytesForCurrentThread();
                var goesOn = step.Take(exchange).Continues;
                allocated += GC.GetAllocatedBytesForCurrentThread() - before;
                Assert.That(goesOn, Is.True);
                exchange.End();
            }

            return allocated >= Rounds ? [$"{allocated / Rounds} bytes"] : [];
        }
    }

    [TestCase(false, true, Description = "a key without the section")]
    [TestCase(true, false, Description = "the section without a key")]
    public async Task Idempotency_allocates_nothing_for_a_request_that_lacks_the_key_or_the_section(bool isOn, bool hasKey)
    {
        await using var mesh = await Mesh.Start();
        var policy = PolicyModel.Default with { Idempotency = new() { Enabled = isOn } };
        mesh.Service("payments", policy, new HostPort("127.0.0.1", 1));
        var step = mesh.Plane.Pipeline.Steps.OfType<IdempotencyStep>().Single();
        var exchange = new Exchange(TimeProvider.System, new RecordedResponse());
        var inbound = Arrived(ListenerKind.Inbound);
        var refused = 0;
        Assert.That(Steady(Batch), Is.Empty);
        Assert.That(refused, Is.Zero);

        List<string> Batch()
        {
            var allocated = 0L;
            for (var round = 0; round < Rounds; round++)
            {
                Receive(exchange);
                exchange.Head.Method = "POST";
                if (hasKey)
                {
                    exchange.Head.Fields.Add("Idempotency-Key", "k1");
                }

                exchange.Begin(inbound, mesh.Plane.Behaviors.Of(ListenerKind.Inbound), mesh.Plane.Mesh);
                exchange.Route = new Route(mesh.Plane.Mesh.Endpoints.Find("payments")!, TargetKind.Application);
                var before = GC.GetAllocatedBytesForCurrentThread();
                var goesOn = step.Take(exchange).Continues;
                allocated += GC.GetAllocatedBytesForCurrentThread() - before;
                refused += goesOn ? 0 : 1;
                exchange.End();
            }

            return allocated >= Rounds ? [$"{allocated / Rounds} bytes"] : [];
        }
    }

    [Test]
    public async Task Selection_limits_and_deadline_allocate_nothing()
    {
        await using var mesh = await Limited();
        var time = TimeProvider.System;
        using var pools = new UpstreamPools(time);
        var exchange = Plain();
        var inbound = Arrived(ListenerKind.Outbound);
        var set = mesh.Plane.Mesh.Endpoints.Find("payments")!;
        var picker = new EndpointPicker(time, new SplitMix(1));
        var upstream = pools.Rent(
            new UpstreamKey("web", set.All[0].Model.Address, TargetKind.MeshPeer, WireProtocol.Http1, MayStand: false));
        exchange.Begin(inbound, mesh.Plane.Behaviors.Of(ListenerKind.Outbound), mesh.Plane.Mesh);
        exchange.Route = new Route(set, TargetKind.MeshPeer);
        exchange.Deadline = Deadline.Start(time, TimeSpan.FromMinutes(1), null);
        var refused = 0;
        Assert.That(Steady(Batch), Is.Empty);
        Assert.That(refused, Is.Zero);
        Assert.That(mesh.Plane.Inspection.Limits().Single() is { Connections: 0, Attempts: > 0 }, Is.True, "the limits were evaluated");

        List<string> Batch()
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var round = 0; round < Rounds; round++)
            {
                var tried = default(TriedEndpoints);
                picker.TryPick(set, ref tried, out var lease);
                exchange.StartAttempt(new Hop(lease, TargetKind.MeshPeer, upstream, null, null));
                var pass = default(AttemptPass);
                var error = pass.Begin(exchange);
                exchange.StopClock();
                pass.End(exchange, error);
                lease.End(EndpointOutcome.Success);
                refused += error.IsError ? 1 : 0;
            }

            var bytes = GC.GetAllocatedBytesForCurrentThread() - before;
            return bytes >= Rounds ? [$"{bytes / Rounds} bytes"] : [];
        }
    }

    [TestCase(FrameType.Ping, 8)]
    [TestCase(FrameType.WindowUpdate, 4)]
    [TestCase(FrameType.Headers, 40)]
    [TestCase(FrameType.Data, 1000)]
    public void Counting_HTTP_2_frames_never_allocates(FrameType type, int length)
    {
        var frame = new byte[9 + length];
        (frame[1], frame[2], frame[3]) = ((byte)(length >> 8), (byte)length, (byte)type);
        var reader = new SameBytes(new ReadOnlySequence<byte>(frame));
        var preface = new SameBytes(new ReadOnlySequence<byte>(H2Connection.Preface));
        var budget = new FrameBudget(int.MaxValue, TimeProvider.System);
        var writer = new CountedOutput(PipeWriter.Create(Stream.Null), budget);
        Take(new CountedInput(preface, budget, Assert.Fail));
        var input = new CountedInput(reader, budget, Assert.Fail);

        Assert.That(Steady(Batch), Is.Empty);

        List<string> Batch()
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var round = 0; round < Rounds; round++)
            {
                Take(input);
                frame.CopyTo(writer.GetSpan(frame.Length));
                writer.Advance(frame.Length);
                var flush = writer.FlushAsync();
                if (flush.IsCompletedSuccessfully)
                {
                    _ = flush.Result;
                }
            }

            var bytes = GC.GetAllocatedBytesForCurrentThread() - before;
            return bytes > 0 ? [$"{bytes} bytes in {Rounds} frames"] : [];
        }

        static void Take(CountedInput input)
        {
            input.TryRead(out var read);
            input.AdvanceTo(read.Buffer.End);
        }
    }

    // The first batch fills caches. Code is optimized at its first call (see the project), so the second batch is the steady state.
    private static List<string> Steady(Func<List<string>> batch)
    {
        _ = batch();
        return batch();
    }

    private static async Task<Mesh> Limited()
    {
        var mesh = await Mesh.Start();
        var policy = PolicyModel.Default with
        {
            Limits = new() { Breaker = new() { Enabled = true } },
            AdaptiveConcurrency = new() { Enabled = true },
        };
        return mesh.Service("payments", policy, new HostPort("127.0.0.1", 1), new HostPort("127.0.0.1", 2), new HostPort("127.0.0.1", 3));
    }

    private static InboundConnection Arrived(ListenerKind kind) => new(
        new ListenerSpec("listener", kind, new IPEndPoint(IPAddress.Loopback, 1))
        {
            Service = kind == ListenerKind.Inbound ? "payments" : "web",
            Application = new HostPort("127.0.0.1", 1),
        },
        IPAddress.Loopback);

    private static Exchange Plain()
    {
        var exchange = new Exchange(TimeProvider.System, new RecordedResponse());
        Receive(exchange);
        return exchange;
    }

    private static void Receive(Exchange exchange)
    {
        exchange.Head.Method = "GET";
        exchange.Head.Target = "/orders/17?fields=all";
        exchange.Head.Fields.Add("Host", "payments");
    }

    /// <summary>A reader that always has the same bytes.</summary>
    private sealed class SameBytes(ReadOnlySequence<byte> bytes) : PipeReader
    {
        public override void AdvanceTo(SequencePosition consumed)
        {
        }

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
        {
        }

        public override void CancelPendingRead()
        {
        }

        public override void Complete(Exception? exception = null)
        {
        }

        public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
            new(new ReadResult(bytes, isCanceled: false, isCompleted: false));

        public override bool TryRead(out ReadResult result)
        {
            result = new ReadResult(bytes, isCanceled: false, isCompleted: false);
            return true;
        }
    }
}
