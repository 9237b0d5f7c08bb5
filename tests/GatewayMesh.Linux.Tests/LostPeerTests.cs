using System.Net.Sockets;

namespace GatewayMesh.Linux.Tests;

internal sealed class LostPeerTests
{
    [Test]
    public void The_kernel_gives_up_after_five_seconds_without_an_acknowledgement_and_asks_while_it_is_silent()
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);

        LostPeer.Notice(socket);

        var timeout = new byte[4];
        socket.GetRawSocketOption((int)SocketOptionLevel.Tcp, 18, timeout);
        Assert.That(BitConverter.ToInt32(timeout), Is.EqualTo(5000));
        Assert.That(socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive), Is.EqualTo(1));
        Assert.That(socket.GetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime), Is.EqualTo(5));
    }
}
