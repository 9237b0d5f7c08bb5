using System.Net.Sockets;
using System.Text;
using GatewayMesh.Fixtures;
using GatewayMesh.Guard.Probing;
using GatewayMesh.Linux;

namespace GatewayMesh.Tests.Guard.Probing;

public sealed class ProbeUpstreamTests
{
    private readonly PollSet _poll = new();
    private readonly List<Socket> _clients = [];
    private ProbeUpstream _upstream = null!;

    [SetUp]
    public void Open() => _upstream = new ProbeUpstream();

    [TearDown]
    public void Close()
    {
        _upstream.Dispose();
        _clients.ForEach(client => client.Dispose());
        _clients.Clear();
    }

    [Test]
    public async Task Probe_upstream_serves_several_requests_on_a_connection()
    {
        var client = Connect();
        for (var i = 0; i < 3; i++)
        {
            Assert.That(await Ask(client, "GET /probe HTTP/1.1\r\nHost: probe\r\n\r\n"), Does.EndWith("\r\n\r\nprobe-ok\n"));
        }
    }

    [TestCase("GET /probe HTTP/1.1\r\nHost:")]
    [TestCase("\0\u0001\u0002")]
    public async Task Incomplete_request_closes_the_connection(string request) =>
        Assert.That(await Ask(Connect(), request), Is.Empty);

    [Test]
    public async Task Excess_connections_evict_the_oldest()
    {
        for (var i = 0; i < 9; i++)
        {
            Connect();
        }

        Assert.That(await Ask(_clients[8], "GET / HTTP/1.1\r\n\r\n"), Does.EndWith("probe-ok\n"));
        Assert.That(await Ask(_clients[0], ""), Is.Empty);
        Assert.That(await Ask(_clients[1], "GET / HTTP/1.1\r\n\r\n"), Does.EndWith("probe-ok\n"));
    }

    [Test]
    public async Task Closed_client_harms_no_other_connection()
    {
        var gone = Connect();
        gone.LingerState = new LingerOption(true, 0);
        gone.Dispose();

        Assert.That(await Ask(Connect(), "GET / HTTP/1.1\r\n\r\n"), Does.EndWith("probe-ok\n"));
    }

    private Socket Connect()
    {
        var client = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        client.Connect(_upstream.Address);
        _clients.Add(client);
        Turn();
        return client;
    }

    private async Task<string> Ask(Socket client, string request)
    {
        if (request.Length > 0)
        {
            client.Send(Encoding.ASCII.GetBytes(request));
        }

        var buffer = new byte[200];
        var answer = client.ReceiveAsync(buffer.AsMemory(), SocketFlags.None).AsTask();
        await Eventually.Until(
            "an answer",
            () =>
            {
                Turn();
                return answer.IsCompleted;
            });
        return answer.IsFaulted ? "" : Encoding.ASCII.GetString(buffer, 0, await answer);
    }

    private void Turn()
    {
        _poll.Clear();
        _upstream.AddTo(_poll);
        _poll.Wait(TimeSpan.FromMilliseconds(10));
        _upstream.Advance(_poll);
    }
}
