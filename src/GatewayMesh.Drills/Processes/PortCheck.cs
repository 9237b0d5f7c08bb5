using System.Net;
using System.Net.Sockets;

namespace GatewayMesh.Drills.Processes;

/// <summary>Checks before the start that the ports of a demo or scenario are free, so that a conflict is reported clearly.</summary>
internal static class PortCheck
{
    /// <summary>Returns the ports that another process has bound on loopback.</summary>
    public static IReadOnlyList<int> Taken(IEnumerable<int> ports) => [.. ports.Where(port => !IsFree(port))];

    private static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            // SO_REUSEADDR like the mesh's own listeners: lingering connections of an earlier run do not count.
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
