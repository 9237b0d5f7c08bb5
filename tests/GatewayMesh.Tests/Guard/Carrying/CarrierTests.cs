using System.Net.Sockets;
using System.Text;
using GatewayMesh.Configuration.Tunnels;
using GatewayMesh.Fixtures;
using GatewayMesh.Guard.Carrying;

namespace GatewayMesh.Tests.Guard.Carrying;

public sealed class CarrierTests
{
    private static readonly Func<NetworkStream, Task> Echo = tunnel => tunnel.CopyToAsync(tunnel);

    [Test]
    public async Task Bytes_flow_both_ways_through_an_accepting_gateway()
    {
        using var gateway = new FakeGateway("gw-1", then: Echo);
        using var bench = new CarrierBench(gateway);
        var client = await bench.Connect("payments");

        await client.SendAsync("through and back"u8.ToArray());
        client.Shutdown(SocketShutdown.Send);

        Assert.That(await CarrierBench.ReadAll(client), Is.EqualTo(("through and back", (SocketError?)null)));
        Assert.That(gateway.Hellos.Single(), Is.EqualTo(new TunnelHello("web", "payments", "host-a", "1.2.3")));
        await Eventually.Until("the connection ends", () => bench.Carrier.Counts.Open == 0);
        Assert.That((bench.Carrier.Counts.Total, bench.Carrier.Counts.Failed, bench.Carrier.Counts.Refused), Is.EqualTo((1L, 0L, 0L)));
    }

    [Test]
    public async Task Response_arrives_after_the_application_half_closes()
    {
        using var gateway = new FakeGateway("gw-1", then: async tunnel =>
        {
            var asked = await new StreamReader(tunnel, Encoding.ASCII).ReadToEndAsync();
            await tunnel.WriteAsync(Encoding.ASCII.GetBytes($"{asked.Length} bytes"));
        });
        using var bench = new CarrierBench(gateway);
        var client = await bench.Connect();

        await client.SendAsync(new byte[100_000]);
        client.Shutdown(SocketShutdown.Send);

        Assert.That(await CarrierBench.ReadAll(client), Is.EqualTo(("100000 bytes", (SocketError?)null)));
    }

    [TestCase(TunnelAnswer.Busy)]
    [TestCase(TunnelAnswer.Draining)]
    [TestCase(TunnelAnswer.Denied)]
    [TestCase((TunnelAnswer)0)]
    public async Task Refusal_by_a_gateway_leads_to_the_next_gateway(TunnelAnswer answer)
    {
        using var first = new FakeGateway("gw-1", answer);
        using var second = new FakeGateway("gw-2", then: Echo);
        using var bench = new CarrierBench(first, second);

        await AssertCarried(bench);

        Assert.That(first.Hellos, Has.Count.EqualTo(1));
        Assert.That(
            bench.Watch.Seen.ToDictionary(seen => seen.Node, seen => seen.Ok),
            Is.EquivalentTo(new Dictionary<string, bool> { ["gw-1"] = false, ["gw-2"] = true }));
    }

    [Test]
    public async Task Dead_gateway_leads_to_the_next_gateway()
    {
        using var first = new FakeGateway("gw-1");
        using var second = new FakeGateway("gw-2", then: Echo);
        using var bench = new CarrierBench(first, second);
        first.Dispose();

        await AssertCarried(bench);
    }

    [Test]
    public async Task Gateway_silent_for_100_ms_leads_to_the_next_gateway()
    {
        using var first = new FakeGateway("gw-1", answer: null);
        using var second = new FakeGateway("gw-2", then: Echo);
        using var bench = new CarrierBench(first, second);
        var client = await bench.Connect();
        await Eventually.Until("the first gateway gets a hello", () => !first.Hellos.IsEmpty);
        bench.Time.Advance(TimeSpan.FromMilliseconds(99));
        Assert.That(second.Connections, Is.Zero);

        bench.Time.Advance(TimeSpan.FromMilliseconds(1));

        await AssertCarried(client);
        Assert.That(second.Hellos, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Gateway_that_failed_last_time_is_tried_last()
    {
        using var first = new FakeGateway("gw-1", TunnelAnswer.Busy);
        using var second = new FakeGateway("gw-2", then: Echo);
        using var bench = new CarrierBench(first, second);
        await AssertCarried(bench);

        await AssertCarried(bench);

        Assert.That(first.Connections, Is.EqualTo(1));
    }

    [Test]
    public async Task When_every_gateway_refuses_the_application_is_reset_and_no_byte_is_read()
    {
        var bytes = 0;
        using var gateway = new FakeGateway(
            "gw-1", TunnelAnswer.Busy, async tunnel => Interlocked.Add(ref bytes, await tunnel.ReadAsync(new byte[100])));
        using var bench = new CarrierBench(gateway);
        var client = await bench.Connect();
        await client.SendAsync("POST / HTTP/1.1\r\n"u8.ToArray());

        var end = CarrierBench.ReadAll(client);
        await bench.Passes(() => end.IsCompleted, "the application hears of it");

        Assert.That(await end, Is.EqualTo(("", (SocketError?)SocketError.ConnectionReset)));
        Assert.That(bytes, Is.Zero);
        Assert.That(gateway.Connections, Is.GreaterThan(1), "it was tried again before giving up");
        await Eventually.Until("the connection ends", () => bench.Carrier.Counts.Open == 0);
        Assert.That(bench.Carrier.Counts.Refused, Is.EqualTo(1));
    }

    [Test]
    public async Task Without_any_gateway_the_application_is_reset()
    {
        using var bench = new CarrierBench();
        var client = await bench.Connect();

        var end = CarrierBench.ReadAll(client);
        await bench.Passes(() => end.IsCompleted, "the application hears of it");

        Assert.That(await end, Is.EqualTo(("", (SocketError?)SocketError.ConnectionReset)));
    }

    [Test]
    public async Task Broken_tunnel_never_looks_complete()
    {
        using var gateway = new FakeGateway("gw-1", then: async tunnel =>
        {
            await tunnel.WriteAsync("HTTP/1.1 200 OK\r\n\r\nhalf of i"u8.ToArray());
            await tunnel.ReadExactlyAsync(new byte[1]);
            tunnel.Socket.LingerState = new LingerOption(true, 0);
            tunnel.Socket.Dispose();
        });
        using var bench = new CarrierBench(gateway);
        var client = await bench.Connect();
        await client.ReceiveAsync(new byte[5].AsMemory(), SocketFlags.None);
        await client.SendAsync("!"u8.ToArray());

        var (_, error) = await CarrierBench.ReadAll(client);

        Assert.That(error, Is.EqualTo(SocketError.ConnectionReset));
        await Eventually.Until("the failure is counted", () => bench.Carrier.Counts.Failed == 1);
    }

    [Test]
    public async Task Application_reset_resets_the_tunnel()
    {
        var started = new TaskCompletionSource();
        var end = new TaskCompletionSource<Exception?>();
        using var gateway = new FakeGateway("gw-1", then: async tunnel =>
        {
            try
            {
                await tunnel.ReadExactlyAsync(new byte[14]);
                started.SetResult();
                await tunnel.CopyToAsync(Stream.Null);
                end.SetResult(null);
            }
            catch (IOException failure)
            {
                end.SetResult(failure);
            }
        });
        using var bench = new CarrierBench(gateway);
        var client = await bench.Connect();
        await client.SendAsync("half a request"u8.ToArray());
        await started.Task.WaitAsync(Eventually.Deadline);
        client.LingerState = new LingerOption(true, 0);
        client.Dispose();

        Assert.That(await end.Task.WaitAsync(Eventually.Deadline), Is.Not.Null, "half a request must not look whole");
    }

    [Test]
    public async Task Application_gone_before_carrying_reaches_no_gateway()
    {
        using var gateway = new FakeGateway("gw-1", then: Echo);
        using var bench = new CarrierBench(gateway);
        await bench.ConnectAndReset();

        await Eventually.Until("the connection is released", () => bench.Carrier.Counts is { Total: 1, Open: 0 });
        Assert.That(gateway.Connections, Is.Zero);
        await AssertCarried(bench);
    }

    [Test]
    public async Task At_most_32_handshakes_run_at_once_and_the_others_follow()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var gateway = new FakeGateway("gw-1", then: Echo) { Gate = gate.Task };
        using var bench = new CarrierBench(gateway);
        var clients = new List<Socket>();
        for (var i = 0; i < 40; i++)
        {
            clients.Add(await bench.Connect());
        }

        await Eventually.Until("32 handshakes", () => gateway.Hellos.Count >= 32 && bench.Carrier.Counts.Open == 40);
        Assert.That(gateway.Connections, Is.EqualTo(32));

        gate.SetResult();
        foreach (var client in clients)
        {
            await AssertCarried(client);
        }
    }

    [Test]
    public async Task A_warm_tunnel_is_used_before_a_new_one_is_made()
    {
        using var gateway = new FakeGateway("gw-1", then: Echo);
        using var bench = new CarrierBench(gateway);
        bench.Warm.Put("web", gateway.Address, await bench.Dialer.ConnectAsync("web", gateway.Address.Tunnel, CancellationToken.None));
        await Eventually.Until("the tunnel is warm", () => gateway.Connections == 1);

        await AssertCarried(bench);
        Assert.That(gateway.Connections, Is.EqualTo(1));

        await AssertCarried(bench);
        Assert.That(gateway.Connections, Is.EqualTo(2), "it is used once");
    }

    [Test]
    public async Task Warm_tunnel_closed_by_the_gateway_is_not_used()
    {
        using var gateway = new FakeGateway("gw-1", then: Echo);
        using var bench = new CarrierBench(gateway);
        using var elsewhere = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        elsewhere.Start();
        var stale = await bench.Dialer.ConnectAsync(
            "web", new("127.0.0.1", ((System.Net.IPEndPoint)elsewhere.LocalEndpoint).Port), CancellationToken.None);
        using (await elsewhere.AcceptSocketAsync())
        {
            bench.Warm.Put("web", gateway.Address, stale);
        }

        await Eventually.Until("the tunnel has ended", () => stale.Socket.Poll(0, SelectMode.SelectRead));

        await AssertCarried(bench);
        Assert.That(gateway.Connections, Is.EqualTo(1));
    }

    [Test]
    public async Task Quiet_connections_end_on_request_without_counting_as_failures()
    {
        using var gateway = new FakeGateway("gw-1", then: Echo);
        using var bench = new CarrierBench(gateway);
        var client = await bench.Connect();
        await client.SendAsync("x"u8.ToArray());
        await client.ReceiveAsync(new byte[1].AsMemory(), SocketFlags.None);

        // The byte may arrive before the carrier has recorded its movement: repeat until done.
        await Eventually.Until(
            "it ends",
            () =>
            {
                bench.Time.Advance(TimeSpan.FromSeconds(5));
                bench.Carrier.EndQuiet(TimeSpan.FromSeconds(5));
                return bench.Carrier.Counts.Open == 0;
            });
        Assert.That(bench.Carrier.Counts.Failed, Is.Zero);
    }

    [Test]
    public async Task Broken_or_missing_gateway_list_changes_nothing()
    {
        using var gateway = new FakeGateway("gw-1", then: Echo);
        using var bench = new CarrierBench(gateway);
        await AssertCarried(bench);
        var path = GatewayDirectory.PathOf(bench.RunDir, "web");

        await File.WriteAllTextAsync(path, "{");
        await AssertCarried(bench);
        File.Delete(path);
        await AssertCarried(bench);
    }

    private static async Task AssertCarried(CarrierBench bench) => await AssertCarried(await bench.Connect());

    private static async Task AssertCarried(Socket client)
    {
        await client.SendAsync("ping"u8.ToArray());
        client.Shutdown(SocketShutdown.Send);
        Assert.That(await CarrierBench.ReadAll(client), Is.EqualTo(("ping", (SocketError?)null)));
    }
}
