using GatewayMesh.Proxy.Tests.Authorization;
using GatewayMesh.Proxy.Tests.Rig;
using GatewayMesh.Proxy.Tests.Rig.Http2;

namespace GatewayMesh.Proxy.Tests.Http2;

/// <summary>Calls that end early, over two hops, most of them with the request side open.</summary>
[NonParallelizable]
public class CancelTests
{
    private const int Cancel = 8;
    private const int Cancels = 300;
    private const int Calls = 40; // open concurrently
    private const int ThreadsMayGrow = 12; // a pool fluctuates; a leaked thread per call would be hundreds

    [TestCase("unary", true, false)]
    [TestCase("server streaming", true, true)]
    [TestCase("client streaming", false, false)]
    [TestCase("bidirectional", false, true)]
    public async Task Calls_that_their_client_resets_leave_no_request_and_no_thread_behind(string kind, bool isHalfClosed, bool isAnswered)
    {
        await using var rig = await Streams.Start(isAnswered);
        var threads = ThreadPool.ThreadCount;

        for (var i = 0; i < Cancels; i++)
        {
            var stream = await rig.Call(isHalfClosed);
            if (isAnswered)
            {
                await rig.FirstMessage(stream);
            }
            else
            {
                await rig.Arrived(i + 1);
            }

            await rig.Client.Reset(stream, Cancel);
        }

        Assert.That(() => rig.Mesh.Plane.Inspection.Figures.InFlight, Is.Zero.After(5000, 5), kind);
        Assert.That(ThreadPool.ThreadCount - threads, Is.LessThanOrEqualTo(ThreadsMayGrow), kind);
        Assert.That(() => rig.Resets, Is.EqualTo(Cancels).After(5000, 5), "the application sees each reset");
    }

    [Test]
    public async Task Open_calls_that_reach_their_deadline_leave_no_request_behind()
    {
        await using var rig = await Streams.Start(isAnswered: false);

        for (var i = 0; i < Calls; i++)
        {
            await rig.Call(isHalfClosed: false, ("grpc-timeout", "50m"));
        }

        for (var i = 0; i < Calls; i++)
        {
            // The response ends the stream; the server resets the client's remaining request.
            var end = await rig.Client.ReadUntil(FrameType.Headers);
            Assert.That(Hpack.Decode(end.Payload)["grpc-status"], Is.EqualTo("4"));
        }

        Assert.That(() => rig.Mesh.Plane.Inspection.Figures.InFlight, Is.Zero.After(5000, 5));
    }

    [Test]
    public async Task Open_calls_that_intentions_no_longer_allow_leave_no_request_behind()
    {
        await using var rig = await Streams.StartGuarded();
        for (var i = 0; i < Calls; i++)
        {
            await rig.FirstMessage(await rig.Call(isHalfClosed: false, (CallerByHeader.Field, "web")));
        }

        rig.Mesh.Intentions(Guarded.Allow, ("web", "payments", Guarded.Deny));

        Assert.That(() => rig.Mesh.Plane.Inspection.Figures.InFlight, Is.Zero.After(5000, 5));
        Assert.That(() => rig.Resets, Is.EqualTo(Calls).After(5000, 5));
    }

    [Test]
    public async Task Open_calls_that_a_drain_cuts_off_leave_no_request_behind()
    {
        await using var rig = await Streams.Start(isAnswered: true);
        for (var i = 0; i < Calls; i++)
        {
            await rig.FirstMessage(await rig.Call(isHalfClosed: false));
        }

        var left = await rig.Mesh.Plane.DrainAsync(TimeSpan.FromMilliseconds(50));
        await rig.StopAsync();

        Assert.That(left.Requests, Is.EqualTo(2 * Calls), "on two hops");
        Assert.That(rig.Mesh.Plane.Inspection.Figures.InFlight, Is.Zero);
    }

    /// <summary>Two sidecars, a client, and an application that responds at once with a head and a message, or never.</summary>
    private sealed class Streams : IAsyncDisposable
    {
        private readonly H2Backend _application;
        private readonly Task _serving;
        private bool _isStopped;
        private int _arrived;
        private int _resets;

        private Streams(H2Backend application, Mesh mesh, H2Connection client, bool isAnswered)
        {
            (_application, Mesh, Client) = (application, mesh, client);
            _serving = Task.Run(() => Serve(isAnswered));
        }

        public Mesh Mesh { get; }

        public H2Connection Client { get; }

        /// <summary>Number of streams that the application saw reset.</summary>
        public int Resets => Volatile.Read(ref _resets);

        public static async Task<Streams> Start(bool isAnswered)
        {
            var application = new H2Backend();
            var (mesh, outbound) = await PriorKnowledgeTests.Sidecars(application.HostPort, "grpc");
            return new Streams(application, mesh, await H2Connection.To(outbound), isAnswered);
        }

        /// <summary>Starts one sidecar, whose callers are identified by a header field, and an application that responds.</summary>
        public static async Task<Streams> StartGuarded()
        {
            var application = new H2Backend();
            var mesh = await Guarded.Start();
            mesh.Intentions(Guarded.Allow);
            return new Streams(
                application, mesh, await H2Connection.To(mesh.Inbound(application.HostPort, protocol: "grpc")), isAnswered: true);
        }

        /// <summary>Starts a call with one message.</summary>
        public async Task<int> Call(bool isHalfClosed, params (string Name, string Value)[] more)
        {
            var stream = await Client.Request(
                Fields.Request(
                    "POST", "/pay.Payments/Chat", "payments", [("content-type", "application/grpc"), ("te", "trailers"), .. more]),
                end: false);
            await Client.Data(stream, "\0\0\0\0\u0001?", isHalfClosed);
            return stream;
        }

        /// <summary>Reads to the first message of a call.</summary>
        public async Task FirstMessage(int stream)
        {
            while (await Client.Read() is var frame && (frame.Stream != stream || frame.Type != FrameType.Data))
            {
            }
        }

        /// <summary>Waits until the given number of calls have arrived at the application.</summary>
        public async Task Arrived(int calls)
        {
            while (Volatile.Read(ref _arrived) < calls)
            {
                Assert.That(_serving.IsCompleted, Is.False, _serving.Exception?.ToString());
                await Task.Delay(1);
            }
        }

        /// <summary>Stops the data plane with everything running on it.</summary>
        public async Task StopAsync()
        {
            if (!_isStopped)
            {
                _isStopped = true;
                await Mesh.DisposeAsync();
            }
        }

        public async ValueTask DisposeAsync()
        {
            Client.Dispose();
            _application.Dispose();
            await StopAsync();
        }

        private async Task Serve(bool isAnswered)
        {
            using var connection = await _application.NextConnection();
            while (true)
            {
                var frame = await connection.Read();
                switch (frame.Type)
                {
                    case FrameType.RstStream:
                        Interlocked.Increment(ref _resets);
                        break;
                    case FrameType.Headers:
                        Interlocked.Increment(ref _arrived);
                        if (isAnswered)
                        {
                            await connection.Headers(frame.Stream, Fields.Of((":status", "200"), ("content-type", "application/grpc")));
                            await connection.Data(frame.Stream, "\0\0\0\0\u0001!");
                        }

                        break;
                }
            }
        }
    }
}
