using System.Net;
using System.Net.Sockets;
using GatewayMesh.Linux;
using GatewayMesh.Proxy.Loops;

namespace GatewayMesh.Proxy.Tests.Loops;

/// <summary>Sockets of a loop against ordinary sockets: the traps of edge-triggered events, one by one.</summary>
public class LoopSocketTests
{
    [Test]
    public async Task Bytes_and_the_end_are_received()
    {
        await using var rig = new LoopRig();
        var (here, there) = await rig.Pair();
        using (there)
        {
            var received = new List<int>();
            var reading = rig.Run(async () =>
            {
                var buffer = new byte[100];
                do
                {
                    received.Add(await here.ReceiveAsync(buffer));
                }
                while (received[^1] > 0);
            });
            await there.SendAsync(new byte[7]);
            await rig.Until(() => received.Count == 1);
            there.Shutdown(SocketShutdown.Send);
            await reading;
            Assert.That(received, Is.EqualTo([7, 0]));
        }
    }

    // One event reports data and the end. A short read does not mean that nothing follows.
    [TestCase(1)]
    [TestCase(99)]
    [TestCase(100)]
    [TestCase(101)]
    [TestCase(5_000)]
    public async Task An_end_that_arrives_with_data_is_not_lost(int length)
    {
        await using var rig = new LoopRig();
        for (var round = 0; round < 50; round++)
        {
            var (here, there) = await rig.Pair();
            using (there)
            {
                there.Send(new byte[length]);
                there.Shutdown(SocketShutdown.Send);
                var total = 0;
                await rig.Run(async () =>
                {
                    var buffer = new byte[100];
                    for (var n = -1; n != 0; total += n)
                    {
                        n = await here.ReceiveAsync(buffer);
                    }

                    Assert.That(await here.ReceiveAsync(buffer), Is.Zero, "the end stays");
                    here.Close();
                });
                Assert.That(total, Is.EqualTo(length));
            }
        }
    }

    [Test]
    public async Task An_end_that_arrives_between_event_and_read_is_not_lost()
    {
        await using var rig = new LoopRig();
        var (here, there) = await rig.Pair();
        using (there)
        {
            var ends = await rig.Get(() => 0);
            await rig.Run(async () =>
            {
                var buffer = new byte[100];
                there.Send(new byte[3]);
                await here.WaitInputAsync();
                there.Shutdown(SocketShutdown.Send); // after the event, which has no word of it
                Assert.That(await here.ReceiveAsync(buffer), Is.EqualTo(3));
                ends = await here.ReceiveAsync(buffer);
            });
            Assert.That(ends, Is.Zero);
        }
    }

    [Test]
    public async Task A_reset_fails_a_pending_read_with_its_error()
    {
        await using var rig = new LoopRig();
        var (here, there) = await rig.Pair();
        var reading = rig.Run(async () => await here.ReceiveAsync(new byte[10]));
        there.LingerState = new LingerOption(true, 0);
        there.Close();
        var failure = await Assert.CatchAsync<LinuxException>(() => reading);
        Assert.That(failure!.Errno, Is.EqualTo(104));
    }

    [Test]
    public async Task After_half_close_the_other_direction_goes_on()
    {
        await using var rig = new LoopRig();
        var (here, there) = await rig.Pair();
        using (there)
        {
            await rig.Run(async () =>
            {
                await here.SendAsync("question"u8.ToArray());
                here.EndSending();
            });
            var buffer = new byte[100];
            Assert.That(there.Receive(buffer), Is.EqualTo(8));
            Assert.That(there.Receive(buffer), Is.Zero);
            there.Send(new byte[11]);
            there.Shutdown(SocketShutdown.Send);
            await rig.Run(async () =>
            {
                Assert.That(await here.ReceiveAsync(buffer), Is.EqualTo(11));
                Assert.That(await here.ReceiveAsync(buffer), Is.Zero);
            });
        }
    }

    [Test]
    public async Task An_abort_is_a_reset_and_fails_pending_operations()
    {
        await using var rig = new LoopRig();
        var (here, there) = await rig.Pair();
        using (there)
        {
            var reading = rig.Run(async () => await here.ReceiveAsync(new byte[10]));
            var writing = rig.Run(async () => await here.SendAsync(new byte[50_000_000]));
            here.Abort(); // from another thread
            Assert.That((await Assert.CatchAsync<LinuxException>(() => reading))!.Errno, Is.EqualTo(103));
            Assert.That((await Assert.CatchAsync<LinuxException>(() => writing))!.Errno, Is.EqualTo(103));
            var failure = Assert.Catch<SocketException>(() =>
            {
                while (there.Receive(new byte[1_000_000]) > 0)
                {
                }
            });
            Assert.That(failure!.SocketErrorCode, Is.EqualTo(SocketError.ConnectionReset));
            Assert.That(await rig.Get(() => here.IsClosed && rig.Loop.Sockets == 0), Is.True);
        }
    }

    [Test]
    public async Task A_close_delivers_what_was_sent()
    {
        await using var rig = new LoopRig();
        var (here, there) = await rig.Pair();
        using (there)
        {
            await rig.Run(async () =>
            {
                await here.SendAsync(new byte[50_000]);
                here.Close();
            });
            var total = 0;
            for (var n = -1; n != 0; total += n)
            {
                n = there.Receive(new byte[10_000]);
            }

            Assert.That(total, Is.EqualTo(50_000));
        }
    }

    [TestCase(1, 1)]
    [TestCase(100, 0)]
    [TestCase(0, 100)]
    [TestCase(3_000_000, 5_000_000)]
    [TestCase(5, 5_000_000)]
    public async Task Two_parts_arrive_in_order_however_often_the_kernel_stops(int first, int second)
    {
        await using var rig = new LoopRig();
        var (here, there) = await rig.Pair(bufferSize: 8192);
        using (there)
        {
            var bytes = new byte[first + second];
            new Random(5).NextBytes(bytes);
            var writing = rig.Run(async () =>
            {
                await here.SendAsync(bytes.AsMemory(0, first), bytes.AsMemory(first));
                here.EndSending();
            });
            var received = new MemoryStream();
            var buffer = new byte[100_000];
            for (var n = -1; n != 0; received.Write(buffer, 0, n))
            {
                n = await there.ReceiveAsync(buffer);
            }

            await writing;
            Assert.That(received.ToArray().AsSpan().SequenceEqual(bytes), Is.True);
        }
    }

    [Test]
    public async Task A_second_read_while_one_is_pending_is_refused()
    {
        await using var rig = new LoopRig();
        var (here, there) = await rig.Pair();
        using (there)
        {
            var reading = rig.Run(async () => await here.ReceiveAsync(new byte[10]));
            Assert.That(
                async () => await rig.Run(async () => await here.ReceiveAsync(new byte[10])), Throws.InvalidOperationException);
            there.Send(new byte[1]);
            await reading;
        }
    }

    [Test]
    public async Task A_loud_connection_does_not_starve_a_quiet_one()
    {
        await using var rig = new LoopRig();
        var (loud, loudPeer) = await rig.Pair();
        var (quiet, quietPeer) = await rig.Pair();
        using (loudPeer)
        using (quietPeer)
        {
            var most = 0;
            var reads = 0;
            var turn = 0L;
            var over = false;
            var shouting = Task.Run(async () =>
            {
                var much = new byte[100_000];
                while (!Volatile.Read(ref over))
                {
                    await loudPeer.SendAsync(much);
                }

                loudPeer.Shutdown(SocketShutdown.Send);
            });
            var listening = rig.Run(async () =>
            {
                var buffer = new byte[1_000];
                while (await loud.ReceiveAsync(buffer) > 0)
                {
                    reads = turn == rig.Loop.Turns ? reads + 1 : 1;
                    turn = rig.Loop.Turns;
                    most = Math.Max(most, reads);
                }
            });
            for (var i = 0; i < 200; i++)
            {
                var echo = rig.Run(async () =>
                {
                    var buffer = new byte[1];
                    await quiet.ReceiveAsync(buffer);
                    await quiet.SendAsync(buffer);
                });
                quietPeer.Send([1]);
                await echo;
                Assert.That(quietPeer.Receive(new byte[1]), Is.EqualTo(1));
            }

            Volatile.Write(ref over, true);
            await shouting;
            await listening;
            Assert.That(most, Is.EqualTo(ReadTurn.MaxReads));
        }
    }

    [Test]
    public async Task Large_reads_of_one_turn_are_limited_by_bytes()
    {
        await using var rig = new LoopRig();
        var (here, there) = await rig.Pair();
        using (there)
        {
            var sending = Task.Run(async () =>
            {
                await there.SendAsync(new byte[20_000_000]);
                there.Shutdown(SocketShutdown.Send);
            });
            var most = 0;
            await rig.Run(async () =>
            {
                var buffer = new byte[100_000];
                var (turn, bytes) = (-1L, 0);
                for (var n = -1; n != 0;)
                {
                    n = await here.ReceiveAsync(buffer);
                    bytes = turn == rig.Loop.Turns ? bytes + n : n;
                    turn = rig.Loop.Turns;
                    most = Math.Max(most, bytes);
                }
            });
            await sending;
            Assert.That(most, Is.InRange(1, ReadTurn.MaxBytes + 100_000));
        }
    }

    [Test]
    public async Task A_stale_event_never_reaches_the_next_socket_in_its_place()
    {
        await using var rig = new LoopRig();
        var (one, onePeer) = await rig.Pair();
        var (two, twoPeer) = await rig.Pair();
        var (nextFd, nextPeer) = await rig.Raw();
        using (onePeer)
        using (twoPeer)
        using (nextPeer)
        {
            LoopSocket? next = null;
            var told = 0;
            await rig.Run(() =>
            {
                // Both have an event in the next batch. The first to be told closes the other, and a silent connection takes its place.
                one.Watch(new Acting(() => Replace(two)));
                two.Watch(new Acting(() => Replace(one)));
                onePeer.Send(new byte[1]);
                twoPeer.Send(new byte[1]);
                return Task.CompletedTask;

                void Replace(LoopSocket other)
                {
                    if (next is not null)
                    {
                        return;
                    }

                    told++;
                    other.Close();
                    next = new LoopSocket(rig.Loop, nextFd, null);
                }
            });
            await rig.Until(() => told > 0);
            await rig.Run(() => Task.CompletedTask);
            Assert.That(await rig.Get(() => (told, next!.HasInput, next.IsSilent())), Is.EqualTo((1, false, true)));
        }
    }

    [Test]
    public async Task An_idle_connection_reports_unexpected_bytes_and_an_end()
    {
        await using var rig = new LoopRig();
        foreach (var act in new Action<Socket>[] { peer => peer.Send(new byte[1]), peer => peer.Shutdown(SocketShutdown.Send) })
        {
            var (here, there) = await rig.Pair();
            using (there)
            {
                var watcher = new CountedInputs();
                Assert.That(
                    await rig.Get(() =>
                    {
                        here.Watch(watcher);
                        return (here.HasInput, here.IsSilent());
                    }),
                    Is.EqualTo((false, true)));
                act(there);
                await rig.Until(() => watcher.Count > 0);
                Assert.That(await rig.Get(() => (here.HasInput, here.IsSilent())), Is.EqualTo((true, false)));
            }
        }
    }

    [Test]
    public async Task An_end_within_the_same_turn_is_seen_by_asking_the_kernel()
    {
        await using var rig = new LoopRig();
        var (here, there) = await rig.Pair();
        await rig.Run(() =>
        {
            there.Dispose();
            Assert.That((here.HasInput, here.IsSilent()), Is.EqualTo((false, false)));
            return Task.CompletedTask;
        });
    }

    [Test]
    public async Task Connecting_succeeds_or_fails_with_the_kernels_error()
    {
        await using var rig = new LoopRig();
        await rig.Run(async () =>
        {
            var socket = LoopSocket.Open(rig.Loop, AddressFamily.InterNetwork, mayStand: false);
            await socket.ConnectAsync(rig.Address);
            await socket.SendAsync(new byte[5]);
            socket.Close();
        });
        using var unused = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        unused.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var failure = await Assert.CatchAsync<LinuxException>(() => rig.Run(async () =>
        {
            var socket = LoopSocket.Open(rig.Loop, AddressFamily.InterNetwork, mayStand: true);
            await socket.ConnectAsync((IPEndPoint)unused.LocalEndPoint!);
        }));
        Assert.That(failure!.Errno, Is.EqualTo(111));
        Assert.That(await rig.Get(() => rig.Loop.Sockets), Is.Zero);
    }

    [Test]
    public async Task A_connect_that_hangs_ends_with_an_abort()
    {
        await using var rig = new LoopRig();
        using var full = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        full.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        full.Listen(0);
        var fill = new List<LoopSocket>();
        var waiting = new List<Task>();
        await rig.Run(async () =>
        {
            // The queue of the listener is full after a few, and further connects get no answer.
            for (var i = 0; i < 8; i++)
            {
                fill.Add(LoopSocket.Open(rig.Loop, AddressFamily.InterNetwork, mayStand: false));
                waiting.Add(fill[i].ConnectAsync((IPEndPoint)full.LocalEndPoint!).AsTask());
            }

            await rig.Loop.Delay(TimeSpan.FromMilliseconds(100));
            Assert.That(waiting[^1].IsCompleted, Is.False);
            fill[^1].Abort();
        });
        Assert.That((await Assert.CatchAsync<LinuxException>(() => waiting[^1].WaitAsync(LoopRig.Patience)))!.Errno, Is.EqualTo(103));
    }

    [Test]
    public async Task Sending_and_receiving_allocate_nothing()
    {
        await using var rig = new LoopRig();
        var (here, there) = await rig.Pair();
        using (there)
        {
            const int Batch = 500;
            var echo = Task.Run(() =>
            {
                var buffer = new byte[100];
                for (var i = 0; i < 2 * Batch; i++)
                {
                    there.Receive(buffer);
                    there.Send(buffer);
                }
            });
            var bytes = 0L;
            await rig.Run(async () =>
            {
                var buffer = new byte[100];
                for (var batch = 0; batch < 2; batch++)
                {
                    var before = GC.GetAllocatedBytesForCurrentThread();
                    for (var i = 0; i < Batch; i++)
                    {
                        await here.SendAsync(buffer.AsMemory(0, 50), buffer.AsMemory(50));
                        await here.WaitInputAsync();
                        for (var n = 0; n < 100;)
                        {
                            n += await here.ReceiveAsync(buffer.AsMemory(n));
                        }
                    }

                    bytes = GC.GetAllocatedBytesForCurrentThread() - before;
                }
            });
            await echo;
            Assert.That(bytes, Is.Zero);
        }
    }

    private sealed class Acting(Action act) : IInputWatcher
    {
        public void OnInput() => act();
    }

    private sealed class CountedInputs : IInputWatcher
    {
        public int Count { get; private set; }

        public void OnInput() => Count++;
    }
}
