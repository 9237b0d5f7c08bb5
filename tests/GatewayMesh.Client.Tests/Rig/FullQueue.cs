using System.Net;
using System.Net.Sockets;

namespace GatewayMesh.Client.Tests.Rig;

/// <summary>An address with a full connection queue, so that a further connection gets no answer.</summary>
internal sealed class FullQueue : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly List<Socket> _waiting = [];

    public FullQueue()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(0);
        Address = _listener.LocalEndPoint!.ToString()!;
        for (var i = 0; i < 4; i++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
            _waiting.Add(socket);
            try
            {
                socket.Connect(_listener.LocalEndPoint);
            }
            catch (SocketException pending) when (pending.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
            {
            }
        }
    }

    public string Address { get; }

    public void Dispose()
    {
        _listener.Dispose();
        _waiting.ForEach(socket => socket.Dispose());
    }
}
