using System.Net;
using System.Net.Sockets;

namespace GatewayMesh.Commands.Demo;

/// <summary>Looks ahead whether the demo can have its ports: a clash told before anything starts is a clash understood.</summary>
internal static class PortCheck
{
    /// <summary>Those of <paramref name="ports"/> that somebody else has on loopback.</summary>
    public static IReadOnlyList<int> Taken(IEnumerable<int> ports) => [.. ports.Where(port => !IsFree(port))];

    private static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            // As the mesh's own listeners do, so that connections of an earlier run that linger do not count.
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            socket.Listen();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
