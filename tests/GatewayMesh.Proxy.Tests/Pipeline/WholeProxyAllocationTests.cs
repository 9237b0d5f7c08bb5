using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Proxy.Tests.Rig;

namespace GatewayMesh.Proxy.Tests.Pipeline;

/// <summary>
/// Bytes that the whole proxy allocates for a request, from the client's connection to the application's and back. Client and application
/// are sockets that allocate nothing.
/// </summary>
[NonParallelizable]
public sealed class WholeProxyAllocationTests
{
    private const int Requests = 10_000;
    private const int NewTexts = 208; // of X-Request-Id and traceparent
    private const int Replay = 40; // the reader of a body that may be sent again
    private const string Get = "GET / HTTP/1.1\r\nHost: payments\r\n";
    private const string Post = "POST / HTTP/1.1\r\nHost: payments\r\nContent-Length: 4\r\n";
    private const string Traced = "X-Request-Id: 0123456789abcdef\r\n"
        + "traceparent: 00-0123456789abcdef0123456789abcdef-0123456789abcdef-01\r\n";

    [TestCase(Get + Traced + "\r\n", 0)]
    [TestCase(Get + "\r\n", NewTexts)]
    [TestCase(Post + Traced + "\r\nbody", Replay)]
    public async Task A_request_through_one_sidecar_allocates_nothing_but_new_texts_and_its_replay(string request, int most)
    {
        using var application = new SilentApplication();
        await using var mesh = await Mesh.Start();
        mesh.Service("payments", application.Address);

        Assert.That(Measure(mesh.Outbound(), request, most), Is.LessThanOrEqualTo(most));
    }

    [TestCase(Get + Traced + "\r\n", 0)]
    [TestCase(Post + Traced + "\r\nbody", Replay)]
    public async Task A_request_through_two_sidecars_with_mTLS_allocates_nothing_but_its_replay(string request, int most)
    {
        using var application = new SilentApplication();
        await using var mesh = new CertifiedMesh();
        var (_, _, outbound) = await mesh.Pair(application.Address);

        Assert.That(Measure(outbound, request, most), Is.LessThanOrEqualTo(most));
    }

    private static long Measure(IPEndPoint outbound, string request, int most)
    {
        using var client = new Socket(outbound.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        client.Connect(outbound);
        client.ReceiveTimeout = 10_000;
        var bytes = Encoding.ASCII.GetBytes(request);
        var buffer = new byte[4096];
        Send(client, bytes, buffer, Requests / 5);

        // Other threads of the test process allocate now and then.
        var least = long.MaxValue;
        for (var i = 0; i < 10 && least > most; i++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            Send(client, bytes, buffer, Requests);
            least = Math.Min(least, (GC.GetTotalAllocatedBytes(precise: true) - before) / Requests);
        }

        TestContext.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{least} bytes for each request"));
        return least;
    }

    private static void Send(Socket client, byte[] request, byte[] buffer, int count)
    {
        for (var i = 0; i < count; i++)
        {
            client.Send(request);
            var read = 0;
            do
            {
                read += client.Receive(buffer.AsSpan(read));
            }
            while (!buffer.AsSpan(0, read).EndsWith("\r\n\r\npaid"u8));
        }
    }

    /// <summary>Answers each request of up to 4 KiB that arrives at once; allocates nothing for it.</summary>
    private sealed class SilentApplication : IDisposable
    {
        private static readonly byte[] Answer = Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npaid");

        private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

        public SilentApplication()
        {
            _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            _listener.Listen();
            Address = new HostPort("127.0.0.1", ((IPEndPoint)_listener.LocalEndPoint!).Port);
            new Thread(Accept) { IsBackground = true }.Start();
        }

        public HostPort Address { get; }

        public void Dispose() => _listener.Dispose();

        private void Accept()
        {
            try
            {
                while (true)
                {
                    var connection = _listener.Accept();
                    new Thread(() => Serve(connection)) { IsBackground = true }.Start();
                }
            }
            catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
            {
            }
        }

        // A body may arrive behind its head.
        private static void Serve(Socket connection)
        {
            using var _ = connection;
            connection.NoDelay = true;
            var buffer = new byte[4096];
            try
            {
                for (var read = 0; ;)
                {
                    var count = connection.Receive(buffer.AsSpan(read));
                    if (count == 0)
                    {
                        return;
                    }

                    read += count;
                    var received = buffer.AsSpan(0, read);
                    if (received.EndsWith("\r\n\r\nbody"u8) || (received.EndsWith("\r\n\r\n"u8) && received.StartsWith("GET"u8)))
                    {
                        connection.Send(Answer);
                        read = 0;
                    }
                }
            }
            catch (SocketException)
            {
            }
        }
    }
}
