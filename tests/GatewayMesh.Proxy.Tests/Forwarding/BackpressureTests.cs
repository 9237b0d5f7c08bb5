using System.Globalization;
using System.Net;
using System.Net.Sockets;
using GatewayMesh.Proxy.Tests.Rig;

namespace GatewayMesh.Proxy.Tests.Forwarding;

/// <summary>
/// Memory of two sidecars with mTLS does not grow with what passes, nor with what a reader does not take: then the sender can't send.
/// </summary>
[NonParallelizable]
public sealed class BackpressureTests
{
    private const int Mebibyte = 1024 * 1024;
    private const int Stuck = 16;
    private const string Chunked = "Transfer-Encoding: chunked\r\n\r\n";

    private CertifiedMesh _mesh = null!;
    private Backend _payments = null!;
    private IPEndPoint _outbound = null!;

    [SetUp]
    public async Task Start()
    {
        _mesh = new CertifiedMesh();
        _payments = new Backend();
        (_, _, _outbound) = await _mesh.Pair(_payments.HostPort);
    }

    [TearDown]
    public async Task End()
    {
        await _mesh.DisposeAsync();
        _payments.Dispose();
    }

    [Test]
    public async Task A_hundred_megabytes_each_way_allocate_next_to_nothing([Values] bool isUpload)
    {
        const int Size = 100 * Mebibyte;
        using var client = await RawConnection.To(_outbound);
        var (application, from, to) = await Ask(client, isUpload, $"Content-Length: {Size}\r\n\r\n");
        using var __ = application;
        await Pass(from, to, 10 * Mebibyte); // fills pools
        var allocated = GC.GetTotalAllocatedBytes(precise: true);

        await Pass(from, to, Size - (10 * Mebibyte));

        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        await TestContext.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{allocated} bytes allocated for 90 MiB"));
        Assert.That(allocated, Is.LessThan(Mebibyte));
    }

    [Test]
    public async Task An_endless_sender_is_stopped_and_holds_little_memory_while_its_reader_reads_nothing([Values] bool isUpload)
    {
        var open = new List<RawConnection>();
        long held = 0, most = 0;
        for (var i = 0; i <= Stuck; i++)
        {
            var client = await RawConnection.To(_outbound);
            var (application, from, to) = await Ask(client, isUpload, Chunked);
            open.AddRange([client, application]);
            var sent = Fill(from);
            most = Math.Max(most, sent);
            held = i == 0 ? PrivateMemory() : held;
        }

        var grown = (PrivateMemory() - held) / Stuck;
        open.ForEach(connection => connection.Dispose());
        await TestContext.Out.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture, $"stopped after {most / 1024} KiB at most; {grown / 1024} KiB of private memory for each"));
        Assert.That(most, Is.LessThan(48 * Mebibyte), "buffers of the kernel, which grows them up to tcp_rmem and tcp_wmem");
        Assert.That(grown, Is.LessThan(Mebibyte / 2));
    }

    [Test]
    public async Task A_client_that_has_gone_when_its_stuck_upload_fails_is_no_error_of_the_data_path()
    {
        var logged = new Logged();
        await using var mesh = await Mesh.Start(options => options with { Logs = logged });
        mesh.Service("payments", _payments.HostPort);
        using var client = await RawConnection.To(mesh.Outbound());
        var (application, from, _) = await Ask(client, isUpload: true, Chunked);
        Fill(from);

        client.Reset();
        application.Reset();

        Assert.That(() => mesh.Plane.Inspection.Figures.InFlight, Is.Zero.After(10_000, 5));
        Assert.That(logged.Lines, Is.Empty);
    }

    // Returns the application's side, the sending side, and the receiving side.
    private async Task<(RawConnection Application, Socket From, Socket To)> Ask(RawConnection client, bool isUpload, string framing)
    {
        await client.Send(isUpload ? $"POST / HTTP/1.1\r\nHost: payments\r\n{framing}" : "GET / HTTP/1.1\r\nHost: payments\r\n\r\n");
        var application = await _payments.NextConnection();
        await application.ReadHead();
        if (isUpload)
        {
            return (application, client.Socket, application.Socket);
        }

        await application.Send($"HTTP/1.1 200 OK\r\n{framing}");
        await client.ReadHead();
        return (application, application.Socket, client.Socket);
    }

    private static async Task Pass(Socket from, Socket to, int size)
    {
        var sending = Task.Factory.StartNew(
            () =>
            {
                var block = new byte[64 * 1024];
                for (var left = size; left > 0;)
                {
                    left -= from.Send(block.AsSpan(0, Math.Min(left, block.Length)));
                }
            },
            TaskCreationOptions.LongRunning);
        var buffer = new byte[256 * 1024];
        to.ReceiveTimeout = (int)RawConnection.Patience.TotalMilliseconds;
        for (var left = size; left > 0;)
        {
            var count = to.Receive(buffer.AsSpan(0, Math.Min(left, buffer.Length)));
            left -= count > 0 ? count : throw new EndOfStreamException();
        }

        await sending;
    }

    // Sends chunks until nothing is taken for half a second; returns the number of bytes taken.
    private static long Fill(Socket from)
    {
        const int Content = 64 * 1024;
        byte[] chunk = [.. "10000\r\n"u8, .. new byte[Content], .. "\r\n"u8];
        from.SendTimeout = 500;
        var sent = 0L;
        try
        {
            for (var at = 0; sent < 1024L * Mebibyte;)
            {
                var count = from.Send(chunk.AsSpan(at));
                sent += count;
                at = (at + count) % chunk.Length;
            }
        }
        catch (SocketException full) when (full.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock)
        {
        }

        return sent;
    }

    private static long PrivateMemory()
    {
        GC.Collect();
        var line = File.ReadLines("/proc/self/status").Single(line => line.StartsWith("RssAnon:", StringComparison.Ordinal));
        return 1024 * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }
}
