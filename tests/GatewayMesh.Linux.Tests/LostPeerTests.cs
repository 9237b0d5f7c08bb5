using System.Net.Sockets;

namespace GatewayMesh.Linux.Tests;

internal sealed class LostPeerTests
{
    [TestCase(false, 5000)]
    [TestCase(true, 0)]
    public void The_kernel_gives_up_after_five_seconds_without_an_acknowledgment_except_where_a_reader_may_pause(
        bool mayStand, int milliseconds)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);

        LostPeer.Notice(socket, mayStand);

        var timeout = new byte[4];
        socket.GetRawSocketOption((int)SocketOptionLevel.Tcp, 18, timeout);
        Assert.That(BitConverter.ToInt32(timeout), Is.EqualTo(milliseconds));
        Assert.That(socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive), Is.EqualTo(1));
        Assert.That(socket.GetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime), Is.EqualTo(5));
    }

    [Test]
    public void A_peer_that_does_not_read_is_not_lost()
    {
        using var listener = new Socket(SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        listener.Listen();
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(listener.LocalEndPoint!);
        using var peer = listener.Accept();
        socket.Blocking = false;
        var block = new byte[64 * 1024];
        while (socket.Send(block, SocketFlags.None, out var error) > 0 && error == SocketError.Success)
        {
        }

        Assert.That(LostPeer.IsLost(socket), Is.False);
        socket.Dispose();
        Assert.That(LostPeer.IsLost(socket), Is.False);
    }
}
