using System.Collections.Concurrent;
using System.Net;
using System.Text;
using GatewayMesh.Fixtures;
using GatewayMesh.MeshTests.Meshes;
using GatewayMesh.Proxy.Tests.Rig.Http2;

namespace GatewayMesh.MeshTests.Protocols;

/// <summary>
/// Calls with a body through two real sidecars to an application that states, by GOAWAY or REFUSED_STREAM, that it did nothing with some of
/// them.
/// </summary>
internal sealed class NotProcessedTests : MeshTest
{
    private const int Refused = 7;

    [Test]
    public async Task Of_180_bodies_none_is_lost_when_their_application_sends_GOAWAY_in_the_middle()
    {
        const int Connections = 6;
        const int Calls = 180;
        const int Departures = 5;
        using var application = new LeavingApplication(takes: Calls / (Departures + 1));
        var outbound = await StartAsync(application.Port, "http2");
        string[] bodies = [.. Enumerable.Range(0, Calls).Select(i => $"{i}:".PadRight(1 + (i * 353 % 60_000), 'x'))];

        var statuses = await Task.WhenAll(bodies.Chunk(Calls / Connections).Select(some => PostAsync(outbound, some)));

        Assert.That(statuses.SelectMany(some => some).Where(status => status != "200"), Is.Empty, "calls that were lost");
        Assert.That(application.Departures, Is.GreaterThanOrEqualTo(Departures), "connections were left in the middle");
        Assert.That(application.NotTaken, Is.Positive, "streams were above the last one");
        Assert.That(application.Bodies, Is.EquivalentTo(bodies), "each once, and whole");
    }

    [Test]
    public async Task Of_30_gRPC_calls_none_is_lost_when_their_application_refuses_every_second_stream()
    {
        const int Calls = 30;
        const string Message = "\0\0\0\0\u0001?";
        var seen = 0;
        using var application = new H2Backend(async (request, connection) =>
        {
            if (Interlocked.Increment(ref seen) % 2 == 1)
            {
                await connection.Reset(request.Stream, Refused);
                return;
            }

            await connection.Headers(request.Stream, Fields.Of((":status", "200"), ("content-type", "application/grpc")));
            await connection.Data(request.Stream, request.Body);
            await connection.Headers(request.Stream, Fields.Of(("grpc-status", "0")), end: true);
        });
        var outbound = await StartAsync(application.HostPort.Port, "grpc");
        using var client = await H2Connection.To(outbound);
        var before = application.Executed;

        for (var i = 0; i < Calls; i++)
        {
            var answer = await client.Ask(
                Fields.Request("POST", "/pay.Payments/Charge", "calls", ("content-type", "application/grpc"), ("te", "trailers")), Message);
            Assert.That(
                (answer.Status, answer.Body, answer.Trailers?["grpc-status"]),
                Is.EqualTo((200, Message, "0")),
                $"call {i}: {answer["proxy-status"]}");
        }

        Assert.That(application.Executed - before, Is.EqualTo(2 * Calls), "each was refused once and sent once more");
    }

    private async Task<IPEndPoint> StartAsync(int port, string protocol)
    {
        var hosts = await TwoHosts.StartAsync(
            Mesh, $"- name: calls\n  port: {port}\n  protocol: {protocol}\n  inbound: {FreePorts.Loopback()}\n");
        await Eventually.Until(
            "calls is known",
            async () => (await hosts.HostA.GetAsync("/endpoints")).Contains("\"calls\"", StringComparison.Ordinal),
            () => hosts.HostA.GetAsync("/endpoints"));
        return hosts.Outbound;
    }

    // One after the other, on a connection of their own.
    private static async Task<IReadOnlyList<string>> PostAsync(IPEndPoint outbound, IReadOnlyList<string> bodies)
    {
        using var client = new HttpClient
        {
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        var statuses = new List<string>();
        foreach (var body in bodies)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"http://{outbound}/charge")
            {
                Version = HttpVersion.Version20,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            };
            request.Headers.Host = "calls";
            request.Content = new StringContent(body);
            using var answer = await client.SendAsync(request);
            statuses.Add($"{(int)answer.StatusCode}{(answer.IsSuccessStatusCode ? "" : $" {answer.Headers}")}");
        }

        return statuses;
    }

    /// <summary>
    /// Takes a number of streams of each connection and answers them. Once the whole body of a further stream is there, it sends GOAWAY
    /// with the last stream that it took, and looks at nothing above.
    /// </summary>
    private sealed class LeavingApplication : IDisposable
    {
        private const int Window = 1 << 24;
        private readonly H2Backend _application = new();
        private readonly int _takes;
        private int _departures;
        private int _notTaken;

        public LeavingApplication(int takes)
        {
            _takes = takes;
            _ = Task.Run(AcceptAsync);
        }

        public int Port => _application.HostPort.Port;

        /// <summary>Connections that were left.</summary>
        public int Departures => Volatile.Read(ref _departures);

        /// <summary>Streams that had started and were refused.</summary>
        public int NotTaken => Volatile.Read(ref _notTaken);

        /// <summary>Bodies of the streams that were taken.</summary>
        public ConcurrentQueue<string> Bodies { get; } = [];

        public void Dispose() => _application.Dispose();

        private async Task AcceptAsync()
        {
            while (true)
            {
                var raw = await _application.NextConnection(Timeout.InfiniteTimeSpan);
                _ = Task.Run(() => ServeAsync(raw));
            }
        }

        private async Task ServeAsync(H2Connection connection)
        {
            var bodies = new Dictionary<int, List<byte>>();
            var last = int.MaxValue;
            var isLeaving = false;
            await connection.Grant(0, Window);
            while (true)
            {
                var frame = await connection.Read();
                if (frame.Type == FrameType.Headers)
                {
                    if (bodies.Count < _takes)
                    {
                        bodies[frame.Stream] = [];
                        last = bodies.Count == _takes ? frame.Stream : last;
                    }
                    else
                    {
                        Interlocked.Increment(ref _notTaken);
                    }
                }

                if (frame.Type != FrameType.Data)
                {
                    continue;
                }

                var isEnd = (frame.Flags & Frame.EndStream) != 0;
                if (bodies.TryGetValue(frame.Stream, out var body))
                {
                    body.AddRange(frame.Payload);
                    if (isEnd)
                    {
                        Bodies.Enqueue(Encoding.Latin1.GetString([.. body]));
                        await connection.Headers(frame.Stream, Fields.Of((":status", "200")), end: true);
                    }
                }
                else if (isEnd && !isLeaving)
                {
                    isLeaving = true;
                    Interlocked.Increment(ref _departures);
                    await connection.GoAway(last);
                }
            }
        }
    }
}
