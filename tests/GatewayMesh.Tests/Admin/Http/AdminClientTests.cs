using System.Net;
using System.Net.Sockets;
using System.Text;
using GatewayMesh.Admin.Http;

namespace GatewayMesh.Tests.Admin.Http;

public sealed class AdminClientTests
{
    [Test]
    public void Refused_connection_is_an_IOException_with_the_address()
    {
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0)); // bound, not listening: refuses
        Assert.That(
            () => AdminClient.Send(taken.LocalEndPoint!, "GET", "/status"),
            Throws.TypeOf<IOException>().With.Message.Contains(taken.LocalEndPoint!.ToString()));
        Assert.That(AdminClient.TrySend(taken.LocalEndPoint!, "GET", "/status"), Is.Null);
    }

    [Test]
    public void Silent_peer_times_out()
    {
        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        silent.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        silent.Listen();
        Assert.That(
            () => AdminClient.Send(silent.LocalEndPoint!, "GET", "/", timeout: TimeSpan.FromMilliseconds(50)),
            Throws.TypeOf<IOException>());
    }

    [TestCase("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort")]
    [TestCase("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [TestCase("SSH-2.0 hello there\r\n\r\n")]
    [TestCase("HTTP/1.1 200 OK\r\nContent-")]
    [TestCase("")]
    public void Truncated_response_is_an_error(string bytes) => Assert.That(Ask(bytes), Is.Null);

    [Test]
    public void Response_without_a_length_ends_with_the_connection() =>
        Assert.That(Ask("HTTP/1.1 200 OK\r\n\r\nall of it")?.Text, Is.EqualTo("all of it"));

    private static AdminResponse? Ask(string answer)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var peer = new Thread(() =>
        {
            using var connection = listener.Accept();
            connection.Receive(new byte[4096]);
            connection.Send(Encoding.Latin1.GetBytes(answer));
        });
        peer.Start();
        var result = AdminClient.TrySend(listener.LocalEndPoint!, "GET", "/");
        peer.Join();
        return result;
    }
}
