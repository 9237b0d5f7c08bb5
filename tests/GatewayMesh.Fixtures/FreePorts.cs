using System.Net;
using System.Net.Sockets;

namespace GatewayMesh.Fixtures;

/// <summary>
/// Unused ports for TCP and UDP. Below the kernel's ephemeral range, so that no outgoing connection takes one between the check and the
/// use. Never returns the same port twice.
/// </summary>
public static class FreePorts
{
    private const int First = 20_000;
    private const int Count = 12_000;
    private static int Cursor = Environment.ProcessId * 101 % Count;

    /// <summary>Returns the next unused port.</summary>
    public static int Next()
    {
        for (var tries = 0; tries < Count; tries++)
        {
            var port = First + (Interlocked.Increment(ref Cursor) % Count);
            if (IsFree(port, SocketType.Stream, ProtocolType.Tcp) && IsFree(port, SocketType.Dgram, ProtocolType.Udp))
            {
                return port;
            }
        }

        throw new InvalidOperationException("no free port");
    }

    /// <summary>Returns the next unused port on 127.0.0.1.</summary>
    public static IPEndPoint Loopback() => new(IPAddress.Loopback, Next());

    /// <summary>Returns the first of <paramref name="count"/> consecutive unused ports.</summary>
    public static int Range(int count)
    {
        for (var tries = 0; tries < Count / count; tries++)
        {
            var last = (Interlocked.Add(ref Cursor, count) & int.MaxValue) % Count;
            var first = First + last - count + 1;
            if (first >= First && Enumerable.Range(first, count).All(port => IsFree(port, SocketType.Stream, ProtocolType.Tcp)))
            {
                return first;
            }
        }

        throw new InvalidOperationException($"no {count} free ports in a row");
    }

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
            return false;
        }
    }
}
