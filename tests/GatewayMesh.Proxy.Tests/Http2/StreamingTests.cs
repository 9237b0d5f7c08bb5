using System.Net;
using System.Net.Sockets;
using GatewayMesh.Proxy.Tests.Rig;
using GatewayMesh.Proxy.Tests.Rig.Http2;

namespace GatewayMesh.Proxy.Tests.Http2;

/// <summary>Large bodies over two HTTP/2 hops: a reader that stops also stops the sender, and nothing accumulates in between.</summary>
[NonParallelizable]
public class StreamingTests
{
    private const int Megabyte = 1024 * 1024;
    private const int Size = 100 * Megabyte;
    // socket buffers of three connections, a window of 256 KiB on two of them, pipes, and room for the test itself
    private const int MayBeHeld = 24 * Megabyte;
    private const int MayGrow = 16 * Megabyte; // of the managed heap, with this test's own buffers

    [TestCase("http")]
    [TestCase("http2")]
    public async Task A_hundred_megabytes_pass_to_a_reader_that_pauses_without_buffering(string protocol)
    {
        using var plain = new Backend();
        using var multiplexed = new H2Backend();
        var (mesh, outbound) = await PriorKnowledgeTests.Sidecars(protocol == "http" ? plain.HostPort : multiplexed.HostPort, protocol);
        await using var _ = mesh;
        using var client = await H2Connection.To(outbound);
        await client.Grant(0, Size); // the connection's window is not under test
        var stream = await client.Request(Fields.Request("GET", "/", "payments"));
        var heap = GC.GetTotalMemory(forceFullCollection: true);
        var flow = new Flow();
        using var application = protocol == "http" ? await Plain(plain, flow) : await Multiplexed(multiplexed, flow);
        Assert.That((await client.ReadHead()).Fields.Status, Is.EqualTo(200));

        await flow.IsStuck();
        Assert.That(GC.GetTotalMemory(forceFullCollection: true) - heap, Is.LessThan(MayGrow));
        var answer = client.Request(Fields.Request("GET", "/.well-known/gatewaymesh/live", "x"));
        while (flow.Read < Size)
        {
            var frame = await client.Read();
            if (frame.Stream == stream && frame.Type == FrameType.Data)
            {
                Interlocked.Add(ref flow.Read, frame.Payload.Length);
                await client.Grant(stream, Math.Max(1, frame.Payload.Length));
            }
            else
            {
                flow.Others.Add(frame);
            }
        }

        await answer;
        await flow.Sender;
        Assert.That(flow.Max, Is.LessThan(MayBeHeld));
        Assert.That(
            flow.Others.Exists(frame => frame.Stream == stream + 2 && frame.Type == FrameType.Headers),
            "another stream is served meanwhile");
        Assert.That(GC.GetTotalMemory(forceFullCollection: true) - heap, Is.LessThan(MayGrow));
    }

    [TestCase("http")]
    [TestCase("http2")]
    public async Task A_hundred_megabytes_pass_to_an_application_that_pauses_without_buffering(string protocol)
    {
        using var plain = new Backend();
        using var multiplexed = new H2Backend();
        var (mesh, outbound) = await PriorKnowledgeTests.Sidecars(protocol == "http" ? plain.HostPort : multiplexed.HostPort, protocol);
        await using var _ = mesh;
        var heap = GC.GetTotalMemory(forceFullCollection: true);
        using var client = new HttpMessageInvoker(new SocketsHttpHandler { UseProxy = false });
        var flow = new Flow();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://{outbound}/")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new Upload(flow),
            Headers = { Host = "payments" },
        };
        var answer = client.SendAsync(request, CancellationToken.None);
        if (protocol == "http")
        {
            using var application = await plain.NextConnection();
            await application.ReadHead();
            await flow.IsStuck();
            Assert.That(GC.GetTotalMemory(forceFullCollection: true) - heap, Is.LessThan(MayGrow));
            flow.Read = application.TakeRest(); // arrived together with the head
            await Drain(application.Socket, flow);
            await application.Send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        }
        else
        {
            using var application = await multiplexed.NextConnection();
            var (stream, _, _) = await application.ReadHead();
            await application.Grant(0, Size);
            await flow.IsStuck();
            Assert.That(GC.GetTotalMemory(forceFullCollection: true) - heap, Is.LessThan(MayGrow));
            while (await application.Read() is { EndsStream: false } frame)
            {
                Interlocked.Add(ref flow.Read, frame.Payload.Length);
                await application.Grant(stream, Math.Max(1, frame.Payload.Length));
            }

            await application.Headers(stream, Fields.Of((":status", "200")), end: true);
        }

        using var response = await answer;
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(flow.Sent, Is.EqualTo(Size));
        Assert.That(flow.Max, Is.LessThan(MayBeHeld));
    }

    private static async Task<IDisposable> Plain(Backend backend, Flow flow)
    {
        var application = await backend.NextConnection();
        await application.ReadHead();
        await application.Send($"HTTP/1.1 200 OK\r\nContent-Length: {Size}\r\n\r\n");
        flow.Sender = Task.Run(async () =>
        {
            var block = new byte[64 * 1024];
            while (flow.Sent < Size)
            {
                await application.Socket.SendAsync(block);
                flow.Count(block.Length);
            }
        });
        return application;
    }

    private static async Task<IDisposable> Multiplexed(H2Backend backend, Flow flow)
    {
        var application = await backend.NextConnection();
        var (stream, _, _) = await application.ReadHead();
        await application.Headers(stream, Fields.Of((":status", "200")));
        var window = new Credit();
        application.Grants.ForEach(window.Take);
        var grants = Task.Run(async () =>
        {
            while (flow.Sent < Size)
            {
                window.Take(await application.ReadAny());
            }
        });
        flow.Sender = Task.Run(async () =>
        {
            var block = new byte[16 * 1024];
            while (flow.Sent < Size)
            {
                await window.Spend(stream, block.Length);
                await application.Data(stream, block, end: flow.Sent + block.Length >= Size);
                flow.Count(block.Length);
            }
        });
        return application;
    }

    private static async Task Drain(Socket socket, Flow flow)
    {
        var buffer = new byte[256 * 1024];
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (flow.Read < Size)
        {
            var count = await socket.ReceiveAsync(buffer, patience.Token);
            Assert.That(count, Is.GreaterThan(0), "complete");
            Interlocked.Add(ref flow.Read, count);
        }
    }

    /// <summary>Bytes sent and read, and the maximum in transit.</summary>
    private sealed class Flow
    {
        public long Sent;
        public long Read;
        public long Max;

        public Task Sender { get; set; } = Task.CompletedTask;

        public List<Frame> Others { get; } = [];

        public void Count(int bytes) => Max = Math.Max(Max, Interlocked.Add(ref Sent, bytes) - Interlocked.Read(ref Read));

        /// <summary>Waits until there is no progress for a while.</summary>
        public async Task IsStuck()
        {
            var before = -1L;
            while (Interlocked.Read(ref Sent) != before || before == 0)
            {
                before = Interlocked.Read(ref Sent);
                await Task.Delay(200);
            }
        }
    }

    private sealed class Upload(Flow flow) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            var block = new byte[64 * 1024];
            while (flow.Sent < Size)
            {
                await stream.WriteAsync(block);
                flow.Count(block.Length);
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = Size;
            return true;
        }
    }

    /// <summary>Send window of an HTTP/2 sender (RFC 9113 §5.2).</summary>
    private sealed class Credit
    {
        private readonly SemaphoreSlim _changed = new(0);
        private readonly Lock _gate = new();
        private long _connection = 65_535;
        private long _stream = 65_535;

        public void Take(Frame frame)
        {
            lock (_gate)
            {
                switch (frame.Type)
                {
                    case FrameType.WindowUpdate when frame.Stream == 0:
                        _connection += frame.ErrorCode;
                        break;
                    case FrameType.WindowUpdate:
                        _stream += frame.ErrorCode;
                        break;
                    case FrameType.Settings when (frame.Flags & Frame.Ack) == 0:
                        for (var at = 0; at < frame.Payload.Length; at += 6)
                        {
                            if (frame.Payload[at + 1] == 4)
                            {
                                _stream += System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(frame.Payload.AsSpan(at + 2)) - 65_535;
                            }
                        }

                        break;
                }
            }

            _changed.Release();
        }

        public async Task Spend(int stream, int bytes)
        {
            while (true)
            {
                lock (_gate)
                {
                    if (_connection >= bytes && _stream >= bytes)
                    {
                        _connection -= bytes;
                        _stream -= bytes;
                        return;
                    }
                }

                await _changed.WaitAsync(TimeSpan.FromSeconds(60));
            }
        }
    }
}
