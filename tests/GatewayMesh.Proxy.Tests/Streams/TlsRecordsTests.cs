using GatewayMesh.Proxy.Streams;

namespace GatewayMesh.Proxy.Tests.Streams;

/// <summary>Bytes that do not fit into one record.</summary>
public class TlsRecordsTests
{
    [Test]
    public async Task A_read_takes_all_records_that_have_arrived()
    {
        await using var rig = new TlsRig();
        var (server, client) = await rig.Pair();
        var sent = Pattern(3 * TlsEngine.RecordLength);
        await rig.Run(async () =>
        {
            await client.WriteAsync(sent.AsMemory(0, 100), sent.AsMemory(100));
            var received = new byte[64 * 1024];
            Assert.That(await server.ReadAsync(received), Is.EqualTo(sent.Length));
            Assert.That(received.AsSpan(0, sent.Length).SequenceEqual(sent), Is.True);
            server.Close();
            client.Close();
        });
    }

    [Test]
    public async Task Records_for_which_the_kernel_has_no_room_follow_in_order()
    {
        await using var rig = new TlsRig();
        var (server, client) = await rig.Pair();
        var sent = Pattern(16 * 1024 * 1024);
        await rig.Run(async () =>
        {
            var writing = client.WriteAsync(sent.AsMemory(0, 70_000), sent.AsMemory(70_000)).AsTask();
            Assert.That(writing.IsCompleted, Is.False, "more than the kernel takes");
            var received = new byte[sent.Length];
            for (var at = 0; at < received.Length;)
            {
                at += await server.ReadAsync(received.AsMemory(at, Math.Min(received.Length - at, 100_000)));
            }

            await writing;
            Assert.That(received.AsSpan().SequenceEqual(sent), Is.True);
            await server.WriteAsync("both ways"u8.ToArray());
            Assert.That(await client.ReadAsync(new byte[100]), Is.EqualTo(9));
            server.Close();
            client.Close();
        });
    }

    [Test]
    public async Task An_abort_while_records_are_held_fails_the_write()
    {
        await using var rig = new TlsRig();
        var (server, client) = await rig.Pair();
        await rig.Run(async () =>
        {
            var writing = client.WriteAsync(new byte[16 * 1024 * 1024]).AsTask();
            client.Abort();
            await Assert.CatchAsync<IOException>(() => writing);
            await Assert.CatchAsync<IOException>(async () =>
            {
                while (await server.ReadAsync(new byte[100_000]) > 0)
                {
                }
            });
            server.Close();
        });
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_write_whose_records_are_all_held_fails_when_this_side_drops_them(bool isAbort)
    {
        await using var rig = new TlsRig();
        var (server, client) = await rig.Pair();
        await rig.Run(async () =>
        {
            var writing = Task.CompletedTask;
            while (writing.IsCompleted)
            {
                await writing;
                writing = client.WriteAsync(new byte[60_000]).AsTask();
            }

            if (isAbort)
            {
                client.Abort();
            }
            else
            {
                client.Close();
            }

            await Assert.CatchAsync<IOException>(() => writing);
            server.Abort();
        });
    }

    [Test]
    public void A_piece_of_a_body_with_the_framing_of_its_chunk_is_held_whole_in_64_KiB()
    {
        var held = new HeldRecords();
        held.Open();
        Assert.That(held.Room, Is.LessThan(64 * 1024));
        var records = 0;
        for (var left = HeldRecords.Content + "10000\r\n\r\n".Length; left > 0; records++)
        {
            var content = Math.Min(left, Math.Min(TlsEngine.RecordLength, held.Room));
            Assert.That(held.TryAdd(new byte[content + 29]), Is.True, "29: the most that TLS 1.2 adds");
            left -= content;
        }

        Assert.That(records, Is.EqualTo(4));
        held.Drop();
    }

    [Test]
    public async Task An_end_of_TLS_behind_the_data_is_read_although_the_socket_stays_open()
    {
        await using var rig = new TlsRig();
        var (here, there) = await rig.Rig.Pair();
        await using var peer = TlsRig.Ordinary(there);
        var sending = Task.Run(async () =>
        {
            await peer.AuthenticateAsClientAsync(rig.ClientOptions());
            await peer.WriteAsync("last"u8.ToArray());
            await peer.ShutdownAsync();
            Assert.That(await peer.ReadAsync(new byte[10]), Is.EqualTo(3), "the other direction stays open");
        });
        await rig.Run(async () =>
        {
            var server = TlsStream.Accept(here, rig.Server(null, "http/1.1"), rig.Clients);
            await server.HandshakeAsync();
            await server.WaitInputAsync();
            var buffer = new byte[64 * 1024];
            var count = 0;
            while (count < 4)
            {
                count += await server.ReadAsync(buffer);
            }

            Assert.That(count, Is.EqualTo(4));
            Assert.That(await server.ReadAsync(buffer), Is.Zero);
            await server.WriteAsync("bye"u8.ToArray());
            server.Close();
        });
        await sending;
    }

    private static byte[] Pattern(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }
}
