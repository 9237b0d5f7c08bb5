using System.Net.Sockets;
using GatewayMesh.Configuration.Tunnels;
using GatewayMesh.Fixtures;
using GatewayMesh.Guard.Carrying;

namespace GatewayMesh.Tests.Guard.Carrying;

public sealed class ExerciserTests
{
    private static readonly Func<NetworkStream, Task> Live = tunnel =>
        AnswerAsync(tunnel, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok\n");

    [Test]
    public async Task Exercise_passes_the_gateway_data_path_and_leaves_a_warm_tunnel()
    {
        using var gateway = new FakeGateway("gw-1", then: Live);
        using var bench = new CarrierBench(gateway);
        await using var run = Run(bench);

        await Eventually.Until("the gateway counts as healthy", () => Ok(bench, "gw-1") == true);

        await Eventually.Until("a second tunnel, kept warm", () => gateway.Connections == 2);
        Assert.That(gateway.Hellos, Has.Count.EqualTo(1));
        Assert.That(gateway.Hellos.First().Service, Is.EqualTo("web"));
    }

    [Test]
    public async Task Gateway_with_an_error_response_is_unhealthy()
    {
        using var gateway = new FakeGateway("gw-1", then: tunnel => AnswerAsync(tunnel, "HTTP/1.1 503 Service Unavailable\r\n\r\n"));
        using var bench = new CarrierBench(gateway);
        await using var run = Run(bench);

        await Eventually.Until("the gateway counts as unhealthy", () => Ok(bench, "gw-1") == false);
        Assert.That(bench.Watch.Seen[0].Error, Does.Contain("503").Or.Contain("HTTP/1.1 503"));
    }

    [Test]
    public async Task Silent_gateway_is_unhealthy_after_a_second()
    {
        using var gateway = new FakeGateway("gw-1", answer: null);
        using var bench = new CarrierBench(gateway);
        await using var run = Run(bench);
        await Eventually.Until("the gateway gets a hello", () => !gateway.Hellos.IsEmpty);

        bench.Time.Advance(TimeSpan.FromSeconds(1));

        await Eventually.Until("the gateway counts as unhealthy", () => Ok(bench, "gw-1") == false);
    }

    [Test]
    public async Task Exercise_repeats_every_quarter_second_while_no_gateway_responds()
    {
        using var gateway = new FakeGateway("gw-1", TunnelAnswer.Busy, Live);
        using var bench = new CarrierBench(gateway);
        await using var run = Run(bench);
        await Eventually.Until("the gateway counts as unhealthy", () => Ok(bench, "gw-1") == false);
        gateway.Answer = TunnelAnswer.Ok;

        await bench.Passes(() => Ok(bench, "gw-1") == true, "its return is seen");
    }

    [Test]
    public async Task Failed_carrying_starts_an_exercise_at_once()
    {
        using var gateway = new FakeGateway("gw-1", then: Live);
        using var bench = new CarrierBench(gateway);
        await using var run = Run(bench);
        await Eventually.Until("the gateway counts as healthy", () => Ok(bench, "gw-1") == true && gateway.Connections == 2);
        bench.Watch.Saw(gateway.Address, ok: false, "a carried connection was refused");

        run.Exerciser.Hurry();

        // Less than the ten seconds between two exercises.
        await bench.Passes(() => Ok(bench, "gw-1") == true, "its return is seen", TimeSpan.FromSeconds(5));
    }

    [Test]
    public async Task When_none_responds_every_gateway_is_tried()
    {
        using var first = new FakeGateway("gw-1", TunnelAnswer.Draining);
        using var second = new FakeGateway("gw-2", TunnelAnswer.Draining);
        using var third = new FakeGateway("gw-3", then: Live);
        using var bench = new CarrierBench(first, second, third);
        bench.Watch.Saw(third.Address, ok: false, "gone");
        await using var run = Run(bench);

        await bench.Passes(() => Ok(bench, "gw-3") == true, "the third one's return is seen");
    }

    [Test]
    public async Task Gateway_in_no_list_is_forgotten()
    {
        using var gateway = new FakeGateway("gw-1", then: Live);
        using var bench = new CarrierBench(gateway);
        bench.Watch.Saw(gateway.Address with { Node = "gw-0" }, ok: false, "gone");
        await using var run = Run(bench);

        await Eventually.Until("the gateway is forgotten", () => Ok(bench, "gw-1") == true && Ok(bench, "gw-0") is null);
    }

    private static bool? Ok(CarrierBench bench, string node) => bench.Watch.Seen.FirstOrDefault(seen => seen.Node == node)?.Ok;

    private static Running Run(CarrierBench bench) => new(bench);

    private static async Task AnswerAsync(NetworkStream tunnel, string answer)
    {
        var head = new byte[1000];
        var count = 0;
        while (!head.AsSpan(0, count).EndsWith("\r\n\r\n"u8))
        {
            var more = await tunnel.ReadAsync(head.AsMemory(count));
            if (more == 0)
            {
                return;
            }

            count += more;
        }

        await tunnel.WriteAsync(System.Text.Encoding.ASCII.GetBytes(answer));
    }

    private sealed class Running : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _run;

        internal Running(CarrierBench bench)
        {
            Exerciser = new Exerciser(bench.Directory, bench.Dialer, bench.Warm, bench.Watch, () => ["web"], "host-a", "1.2.3", bench.Time);
            _run = Exerciser.RunAsync(_stop.Token);
        }

        internal Exerciser Exerciser { get; }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _run.WaitAsync(Eventually.Deadline);
            _stop.Dispose();
        }
    }
}
