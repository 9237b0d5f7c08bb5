using System.Net.Sockets;

namespace GatewayMesh.Linux.Tests;

internal sealed class LostPeerTests
{
    [TestCase(false, 5000)]
    [TestCase(true, 0)]
    public void The_kernel_gives_up_after_five_seconds_without_an_acknowledgement_but_not_where_a_reader_may_stop(bool mayStand, int milliseconds)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);

        LostPeer.Notice(socket, mayStand);

        var timeout = new byte[4];
        socket.GetRawSocketOption((int)SocketOptionLevel.Tcp, 18, timeout);
        Assert.That(BitConverter.ToInt32(timeout), Is.EqualTo(milliseconds));
        Assert.That(socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive), Is.EqualTo(1));
        Assert.That(socket.GetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime), Is.EqualTo(5));
    }
}
