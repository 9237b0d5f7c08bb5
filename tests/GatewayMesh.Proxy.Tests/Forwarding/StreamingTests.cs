using GatewayMesh.Proxy.Tests.Rig;

namespace GatewayMesh.Proxy.Tests.Forwarding;

[NonParallelizable]
public class StreamingTests
{
    private const int Megabyte = 1024 * 1024;
    private const int Size = 100 * Megabyte;
    private const int MayBeHeld = 24 * Megabyte; // socket buffers of three connections, pipes, and room for the test itself

    [Test]
    public async Task A_hundred_megabytes_pass_to_a_slow_reader_without_buffering()
    {
        using var payments = new Backend();
        var (mesh, outbound) = await Mesh.WithPayments(payments.HostPort);
        await using var _ = mesh;
        using var client = await RawConnection.To(outbound);
        await client.Send("GET / HTTP/1.1\r\nHost: payments\r\n\r\n");
        using var upstream = await payments.NextConnection();
        await upstream.ReadHead();
        await upstream.Send($"HTTP/1.1 200 OK\r\nContent-Length: {Size + 5}\r\n\r\nfirst");
        await client.ReadHead();
        await client.ReadBytes(5);

        var held = await Pump(upstream, client);

        Assert.That(held, Is.LessThan(MayBeHeld));
    }

    [Test]
    public async Task A_hundred_megabytes_pass_to_a_slow_application_without_buffering()
    {
        using var payments = new Backend();
        var (mesh, outbound) = await Mesh.WithPayments(payments.HostPort);
        await using var _ = mesh;
        using var client = await RawConnection.To(outbound);
        await client.Send($"POST / HTTP/1.1\r\nHost: payments\r\nContent-Length: {Size}\r\n\r\n");
        using var upstream = await payments.NextConnection();
        await upstream.ReadHead();

        var held = await Pump(client, upstream);

        Assert.That(held, Is.LessThan(MayBeHeld));
    }

    [Test]
    public async Task An_application_that_pauses_reading_for_seconds_still_gets_its_body()
    {
        using var payments = new Backend();
        var (mesh, outbound) = await Mesh.WithPayments(payments.HostPort);
        await using var _ = mesh;
        using var client = await RawConnection.To(outbound);
        await client.Send($"POST / HTTP/1.1\r\nHost: payments\r\nContent-Length: {Size}\r\n\r\n");
        using var upstream = await payments.NextConnection();
        await upstream.ReadHead();

        await Pump(client, upstream, stands: TimeSpan.FromSeconds(7)); // longer than the timeout of a lost peer
    }

    /// <summary>Sends everything while the reader reads nothing until the sender is stuck; returns the maximum in transit.</summary>
    private static async Task<long> Pump(RawConnection from, RawConnection to, TimeSpan stands = default)
    {
        long sent = 0, read = 0, most = 0;
        var sender = Task.Run(async () =>
        {
            var block = new byte[64 * 1024];
            while (Interlocked.Read(ref sent) < Size)
            {
                await from.Socket.SendAsync(block);
                var underWay = Interlocked.Add(ref sent, block.Length) - Interlocked.Read(ref read);
                most = Math.Max(most, underWay);
            }
        });
        var before = -1L;
        while (Interlocked.Read(ref sent) != before || before == 0)
        {
            before = Interlocked.Read(ref sent);
            await Task.Delay(100); // stuck: no progress for a while
        }

        await Task.Delay(stands);
        var buffer = new byte[256 * 1024];
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (read < Size)
        {
            var count = await to.Socket.ReceiveAsync(buffer, patience.Token);
            Assert.That(count, Is.GreaterThan(0), "complete");
            Interlocked.Add(ref read, count);
        }

        await sender;
        return most;
    }
}
