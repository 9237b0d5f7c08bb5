using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Policies.Retries;
using GatewayMesh.Proxy.Tests.Rig;
using GatewayMesh.Proxy.Tests.Rig.Http2;

namespace GatewayMesh.Proxy.Tests.Hedging;

/// <summary>
/// Hedges of requests with a body. The test fires the timer of the delay itself, so that nothing depends on how busy the machine is.
/// </summary>
public class BodyHedgeTests
{
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(77);

    [TestCase("http2")]
    [TestCase("http")]
    public async Task A_body_that_is_whole_at_the_delay_goes_to_another_instance_too(string protocol)
    {
        var whole = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var instances = new HedgedInstances(protocol, isSilentAtFirst: true, () => whole.TrySetResult());
        var time = new HeldDelay();
        await using var mesh = await instances.Mesh(time);
        using var client = await Client.To(mesh.Outbound(), protocol);

        await client.Begin("whole");
        await client.End("");
        await whole.Task.WaitAsync(RawConnection.Patience);
        (await time.Timer.WaitAsync(RawConnection.Patience))();

        Assert.That(await client.Answer(), Is.EqualTo((200, "2:whole")));
        Assert.That(instances.Seen.Order(), Is.EqualTo(new[] { "1:whole", "2:whole" }));
        Assert.That(() => mesh.Plane.Inspection.Endpoints().Sum(endpoint => endpoint.InFlight), Is.Zero.After(5000, 5));
    }

    [TestCase("http2")]
    [TestCase("http")]
    public async Task A_body_that_is_not_whole_at_the_delay_is_never_hedged_and_gets_the_answer_of_its_instance(string protocol)
    {
        using var instances = new HedgedInstances(protocol, isSilentAtFirst: false);
        var time = new HeldDelay();
        await using var mesh = await instances.Mesh(time);
        using var client = await Client.To(mesh.Outbound(), protocol);

        await client.Begin("the first half, ");
        (await time.Timer.WaitAsync(RawConnection.Patience))();
        Assert.That(mesh.Metrics, Does.Contain("gatewaymesh_hedges_total{outcome=\"refused\"} 1").After(5000, 5));
        await client.End("and the second");

        Assert.That(await client.Answer(), Is.EqualTo((200, "1:the first half, and the second")));
        Assert.That(instances.Seen, Has.Count.EqualTo(1));
        Assert.That(
            mesh.Metrics(),
            Does.Not.Contain("gatewaymesh_hedges_total{outcome=\"won\"} 1").And.Not.Contain(
                "gatewaymesh_hedges_total{outcome=\"lost\"} 1"));
    }

    /// <summary>
    /// Two instances that answer with the number of the attempt and the body; to a first attempt with nothing, where the test says so.
    /// </summary>
    private sealed class HedgedInstances : IDisposable
    {
        private readonly string _protocol;
        private readonly bool _isSilentAtFirst;
        private readonly Action? _came;
        private readonly List<Backend> _http1 = [];
        private readonly List<H2Backend> _http2 = [];
        private readonly System.Collections.Concurrent.ConcurrentQueue<string> _seen = [];

        public HedgedInstances(string protocol, bool isSilentAtFirst, Action? came = null)
        {
            (_protocol, _isSilentAtFirst, _came) = (protocol, isSilentAtFirst, came);
            for (var i = 0; i < 2; i++)
            {
                if (protocol == "http2")
                {
                    var instance = new H2Backend();
                    _http2.Add(instance);
                    _ = Task.Run(() => Accept(instance));
                }
                else
                {
                    _http1.Add(new Backend(async (request, connection) =>
                    {
                        if (Answer(request["gatewaymesh-attempt"]!, request.Body) is { } answer)
                        {
                            await connection.Send($"HTTP/1.1 200 OK\r\nContent-Length: {answer.Length}\r\n\r\n{answer}");
                        }
                    }));
                }
            }
        }

        public IReadOnlyCollection<string> Seen => _seen;

        public async Task<Mesh> Mesh(TimeProvider time)
        {
            var mesh = await Rig.Mesh.Start(options => options with { Time = time });
            var policy = PolicyModel.Default with
            {
                Hedging = new() { Delay = Delay },
                Retries = RetriesModel.Default with { Methods = ["POST"] },
            };
            return mesh.Service(
                "payments", _protocol, policy, [.. _http1.Select(each => each.HostPort), .. _http2.Select(each => each.HostPort)]);
        }

        public void Dispose()
        {
            _http1.ForEach(each => each.Dispose());
            _http2.ForEach(each => each.Dispose());
        }

        private async Task Accept(H2Backend instance)
        {
            while (true)
            {
                var connection = await instance.NextConnection(Timeout.InfiniteTimeSpan);
                _ = Task.Run(() => Serve(connection));
            }
        }

        // The loser's reset comes between requests.
        private async Task Serve(H2Connection connection)
        {
            var requests = new Dictionary<int, (string Attempt, string Body)>();
            while (true)
            {
                var frame = await connection.Read();
                if (frame.Type == FrameType.Headers)
                {
                    requests[frame.Stream] = (Hpack.Decode(frame.Payload)["gatewaymesh-attempt"]!, "");
                }
                else if (frame.Type == FrameType.Data)
                {
                    var (attempt, body) = requests[frame.Stream];
                    requests[frame.Stream] = (attempt, body += System.Text.Encoding.ASCII.GetString(frame.Payload));
                    if (frame.EndsStream && Answer(attempt, body) is { } answer)
                    {
                        await connection.Headers(frame.Stream, Fields.Of((":status", "200")));
                        await connection.Data(frame.Stream, answer, end: true);
                    }
                }
            }
        }

        private string? Answer(string attempt, string body)
        {
            _seen.Enqueue($"{attempt}:{body}");
            if (attempt != "1" || !_isSilentAtFirst)
            {
                return $"{attempt}:{body}";
            }

            _came?.Invoke();
            return null;
        }
    }

    /// <summary>A request in two pieces, over HTTP/2 or over HTTP/1.1, which the mesh keeps on the hop to an instance.</summary>
    private sealed class Client(H2Connection? http2, RawConnection? http1) : IDisposable
    {
        public static async Task<Client> To(System.Net.IPEndPoint outbound, string protocol) =>
            protocol == "http2" ? new(await H2Connection.To(outbound), null) : new(null, await RawConnection.To(outbound));

        public async Task Begin(string text)
        {
            if (http2 is not null)
            {
                await http2.Request(Fields.Request("POST", "/", "payments"), end: false);
                await http2.Data(1, text);
                return;
            }

            await http1!.Send($"POST / HTTP/1.1\r\nHost: payments\r\nTransfer-Encoding: chunked\r\n\r\n{Chunk(text)}");
        }

        public Task End(string text) =>
            http2 is not null ? http2.Data(1, text, end: true) : http1!.Send($"{(text.Length > 0 ? Chunk(text) : "")}0\r\n\r\n");

        public async Task<(int Status, string Body)> Answer()
        {
            if (http2 is not null)
            {
                var message = await http2.ReadMessage();
                return (message.Status, message.Body);
            }

            var answer = await http1!.ReadMessage(isResponse: true);
            return (answer.Status, answer.Body);
        }

        public void Dispose()
        {
            http2?.Dispose();
            http1?.Dispose();
        }

        private static string Chunk(string text) => $"{text.Length:x}\r\n{text}\r\n";
    }

    /// <summary>
    /// The system clock, except that the test fires the timer of the hedging delay. FakeTimeProvider would hold all other timers too.
    /// </summary>
    private sealed class HeldDelay : TimeProvider
    {
        private readonly TaskCompletionSource<Action> _timer = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Callback of the first such timer.</summary>
        public Task<Action> Timer => _timer.Task;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime != Delay)
            {
                return base.CreateTimer(callback, state, dueTime, period);
            }

            _timer.TrySetResult(() => callback(state));
            return base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, period);
        }
    }
}
