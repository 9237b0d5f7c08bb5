using System.Net;
using System.Net.Sockets;

namespace GatewayMesh.MeshTests.Meshes;

/// <summary>Ports that nobody uses. Below the kernel's ephemeral range, so that no outgoing connection takes one between the look and the use; never the same twice.</summary>
internal static class FreePorts
{
    private const int First = 20_000;
    private const int Count = 12_000;
    private static int s_next = Environment.ProcessId * 101 % Count;

    public static int Next()
    {
        for (var tries = 0; tries < Count; tries++)
        {
            var port = First + (Interlocked.Increment(ref s_next) % Count);
            using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                probe.Bind(new IPEndPoint(IPAddress.Any, port));
                return port;
            }
            catch (SocketException)
            {
                // Somebody's: the next one.
            }
        }

        throw new InvalidOperationException("no free port");
    }

    public static IPEndPoint Loopback() => new(IPAddress.Loopback, Next());
}
