using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using GatewayMesh.Linux;
using GatewayMesh.Proxy.Loops;

namespace GatewayMesh.Proxy.Tests.Loops;

/// <summary>Loops of a process: accepting with its guarantees, and an end without remains.</summary>
[NonParallelizable]
public class LoopGroupTests
{
    [Test]
    public async Task Connections_are_accepted_on_all_loops()
    {
        await using var rig = new Accepting(loops: 3);
        var listener = rig.Listen();
        var clients = await rig.Connect(listener, 60);
        await rig.Until(60);
        Assert.That(rig.Group.Loops.Select(loop => loop.Sockets), Is.All.InRange(60 / 3 - 8, 60 / 3 + 8));
        clients.ForEach(client => client.Dispose());
        Assert.That(rig.Loops, Is.EquivalentTo(rig.Group.Loops), "each is served by its own loop");
    }

    [Test]
    public async Task After_a_pause_has_returned_nothing_is_accepted_until_it_ends()
    {
        await using var rig = new Accepting(loops: 2);
        var listener = rig.Listen();
        var over = false;
        var clients = new ConcurrentBag<Socket>();
        var flood = Task.Run(async () =>
        {
            while (!Volatile.Read(ref over) && clients.Count < 2_000) // each takes two descriptors of this process
            {
                clients.Add((await rig.Connect(listener, 1))[0]);
            }
        });
        for (var round = 0; round < 50; round++)
        {
            rig.Listeners.Pause(listener);
            var (reserved, seen) = (rig.Target.Reserved, listener.Socket.QueueLength);
            await Task.Delay(2);
            Assert.That(rig.Target.Reserved, Is.EqualTo(reserved));
            rig.Listeners.Resume(listener);
            if (seen > 0)
            {
                Assert.That(() => rig.Target.Reserved, Is.GreaterThan(reserved).After(10_000, 1));
            }
        }

        Volatile.Write(ref over, true);
        await flood;
        await rig.Until(clients.Count);
        foreach (var client in clients)
        {
            client.Dispose();
        }
    }

    [Test]
    public async Task While_paused_another_process_can_accept_the_connection()
    {
        await using var rig = new Accepting(loops: 2);
        var listener = rig.Listen();
        using var shared = new ListeningSocket(listener.Socket.Duplicate().Release());
        rig.Listeners.Pause(listener);
        using var client = (await rig.Connect(listener, 1))[0];
        Assert.That(shared.Accept(out var connection), Is.EqualTo(AcceptResult.Accepted));
        connection!.Dispose();
        Assert.That(rig.Target.Reserved, Is.Zero);
    }

    [Test]
    public async Task A_removed_listener_is_silent_though_another_process_shares_it()
    {
        await using var rig = new Accepting(loops: 2);
        var listener = rig.Listen();
        using var shared = new ListeningSocket(listener.Socket.Duplicate().Release());
        var address = shared.LocalAddress;
        Assert.That(rig.Listeners.Remove(listener), Is.True);
        Assert.That(rig.Listeners.Remove(listener), Is.False);
        listener.Socket.Dispose();
        var turns = rig.Group.Loops.Sum(loop => loop.Turns);
        using var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(address);
        await Task.Delay(50);
        Assert.That(rig.Group.Loops.Sum(loop => loop.Turns) - turns, Is.LessThan(5), "no loop is woken, let alone turns in circles");
    }

    [Test]
    public async Task Without_room_a_connection_waits_for_the_next_try()
    {
        await using var rig = new Accepting(loops: 2) { Target = { Room = 3 } };
        var listener = rig.Listen();
        var clients = await rig.Connect(listener, 5);
        await rig.Until(3);
        await Task.Delay(120);
        Assert.That(rig.Target.Count, Is.EqualTo(3));
        Assert.That(rig.Group.Loops.Max(loop => loop.Turns), Is.LessThan(100), "a loop without room rests");
        rig.Target.Room = 5;
        rig.Listeners.Retry();
        await rig.Until(5);
        clients.ForEach(client => client.Dispose());
    }

    [Test]
    public async Task A_target_that_throws_loses_the_connection_and_not_the_loop()
    {
        await using var rig = new Accepting(loops: 1) { Target = { Fault = new InvalidOperationException("a fault") } };
        var listener = rig.Listen();
        Assert.That(
            async () =>
            {
                using var client = (await rig.Connect(listener, 1))[0]; // the reset may arrive within the connect
                client.Receive(new byte[1]);
            },
            Throws.InstanceOf<SocketException>());
        Assert.That(rig.Failures.TryDequeue(out _), Is.True);
        rig.Target.Fault = null;
        using var second = (await rig.Connect(listener, 1))[0];
        await rig.Until(1);
    }

    [Test]
    public async Task Nothing_remains_of_a_group()
    {
        await Live();
        Assert.That(Threads, Is.Zero.After(5_000, 10));
        var descriptors = Descriptors();
        for (var round = 0; round < 5; round++)
        {
            await Live();
        }

        Assert.That(Threads, Is.Zero.After(5_000, 10), "the kernel removes a thread a moment after it was joined");
        Assert.That(Descriptors, Is.LessThanOrEqualTo(descriptors).After(5_000, 10));

        static async Task Live()
        {
            await using var rig = new Accepting(loops: 4);
            var listener = rig.Listen();
            var clients = await rig.Connect(listener, 20);
            await rig.Until(20);
            rig.Group.Loops[0].Post(() => rig.Group.Loops[0].Timers.Set(new LoopTimer(_ => { }, null), TimeSpan.FromHours(1)));
            clients.ForEach(client => client.Dispose());
        }

        static int Descriptors() => Directory.GetFiles("/proc/self/fd").Length;

        static int Threads() => Directory.GetDirectories("/proc/self/task").Select(NameOf)
            .Count(name => name.StartsWith("mesh-loop-", StringComparison.Ordinal));

        static string NameOf(string task)
        {
            try
            {
                return File.ReadAllText(Path.Combine(task, "comm"));
            }
            catch (IOException)
            {
                return ""; // ended meanwhile
            }
        }
    }

    [Test]
    public async Task Two_thousand_idle_connections_cost_less_than_4_MB()
    {
        await using var rig = new Accepting(loops: 2);
        var listener = rig.Listen();
        rig.Target.Serve = IdleAsync;
        var warm = await rig.Connect(listener, 100);
        await rig.Until(100);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var clients = await rig.Connect(listener, 2_000);
        await rig.Until(2_100);
        var after = GC.GetTotalMemory(forceFullCollection: true);
        Assert.That(after - before, Is.LessThan(4_000_000));
        Assert.That(rig.Group.Loops.Select(loop => loop.Buffers.Rented), Is.All.Zero);
        warm.ForEach(client => client.Dispose());
        clients.ForEach(client => client.Dispose());

        static async Task IdleAsync(LoopSocket socket)
        {
            try
            {
                while (true)
                {
                    await socket.WaitInputAsync().ConfigureAwait(false);
                    var buffer = socket.Loop.Buffers.Rent();
                    var received = await socket.ReceiveAsync(buffer).ConfigureAwait(false);
                    socket.Loop.Buffers.Return(buffer);
                    if (received == 0)
                    {
                        break;
                    }
                }
            }
            catch (LinuxException)
            {
                // reset
            }

            socket.Close();
        }
    }

    private sealed class Accepting : IAsyncDisposable
    {
        public Accepting(int loops)
        {
            Group = new LoopGroup(loops, TimeProvider.System, Failures.Enqueue);
            Target = new CountedConnections(Loops);
            Listeners = Group.Accept(Target);
        }

        public LoopGroup Group { get; }

        public LoopListeners Listeners { get; }

        public CountedConnections Target { get; }

        public HashSet<EventLoop> Loops { get; } = [];

        public ConcurrentQueue<Exception> Failures { get; } = new();

        private List<ListeningSocket> Opened { get; } = [];

        public LoopListener Listen()
        {
            Opened.Add(ListeningSocket.Open(new IPEndPoint(IPAddress.Loopback, 0)));
            return Listeners.Add(Opened[^1]);
        }

        public async Task<List<Socket>> Connect(LoopListener listener, int count)
        {
            var clients = new List<Socket>();
            for (var i = 0; i < count; i++)
            {
                clients.Add(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
                await clients[^1].ConnectAsync(listener.Socket.LocalAddress);
            }

            return clients;
        }

        public async Task Until(int count)
        {
            using var limit = new CancellationTokenSource(LoopRig.Patience);
            while (Target.Count < count)
            {
                await Task.Delay(1, limit.Token);
            }
        }

        public async ValueTask DisposeAsync()
        {
            await Group.DisposeAsync();
            Opened.ForEach(socket => socket.Dispose());
            Assert.That(Failures, Is.Empty);
        }
    }

    private sealed class CountedConnections(HashSet<EventLoop> loops) : IConnectionTarget
    {
        private int _count;
        private int _reserved;

        public int Room { get; set; } = int.MaxValue;

        public Exception? Fault { get; set; }

        public Func<LoopSocket, Task>? Serve { get; set; }

        public int Count => Volatile.Read(ref _count);

        public int Reserved => Volatile.Read(ref _reserved);

        public bool TryReserve(LoopListener listener)
        {
            if (_reserved >= Room)
            {
                return false;
            }

            _reserved++;
            return true;
        }

        public void NotAccepted(LoopListener listener) => Interlocked.Decrement(ref _reserved);

        public void Accepted(LoopListener listener, LoopSocket connection)
        {
            if (Fault is { } fault)
            {
                throw fault;
            }

            Assert.That(connection.Loop.IsCurrent, Is.True);
            lock (loops)
            {
                loops.Add(connection.Loop);
            }

            Interlocked.Increment(ref _count);
            _ = Serve?.Invoke(connection);
        }
    }
}
