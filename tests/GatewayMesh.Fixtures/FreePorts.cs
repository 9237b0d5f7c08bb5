using System.Net;
using System.Net.Sockets;

namespace GatewayMesh.Fixtures;

/// <summary>Ports that nobody uses, for TCP and UDP. Below the kernel's ephemeral range, so that no outgoing connection takes one between the look and the use; never the same twice.</summary>
public static class FreePorts
{
    private const int First = 20_000;
    private const int Count = 12_000;
    private static int s_next = Environment.ProcessId * 101 % Count;

    /// <summary>The next one.</summary>
    public static int Next()
    {
        for (var tries = 0; tries < Count; tries++)
        {
            var port = First + (Interlocked.Increment(ref s_next) % Count);
            if (IsFree(port, SocketType.Stream, ProtocolType.Tcp) && IsFree(port, SocketType.Dgram, ProtocolType.Udp))
            {
                return port;
            }
        }

        throw new InvalidOperationException("no free port");
    }

    /// <summary>The next one, on 127.0.0.1.</summary>
    public static IPEndPoint Loopback() => new(IPAddress.Loopback, Next());

    private static bool IsFree(int port, SocketType type, ProtocolType protocol)
    {
        using var probe = new Socket(AddressFamily.InterNetwork, type, protocol);
        try
        {
            probe.Bind(new IPEndPoint(IPAddress.Any, port));
            return true;
        }
        catch (SocketException)
        {
            // Somebody's: the next one.
            return false;
        }
    }
}
