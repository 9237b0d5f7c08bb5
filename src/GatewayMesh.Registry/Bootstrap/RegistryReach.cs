using System.Net;
using System.Net.Sockets;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Registry.Bootstrap;

/// <summary>
/// Checks once at startup that a registry is reachable. The guard calls this too and has no memory to spare for an HTTP client, so the
/// check uses a socket and one request line.
/// </summary>
public static class RegistryReach
{
    // Short, because a user waits at the prompt. An agent on this host answers in a millisecond.
    private static readonly TimeSpan Local = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Named = TimeSpan.FromSeconds(3);

    /// <summary>True if a Consul agent answers at <see cref="RegistrySpec.LocalConsul"/>.</summary>
    public static bool HasLocalConsul() => Answers(new HostPort("127.0.0.1", 8500), Local);

    /// <summary>True if the folder of a file registry exists.</summary>
    public static bool HasFolder(RegistrySpec registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        return Directory.Exists(registry.Target);
    }

    /// <summary>True if one of the agents of a Consul registry answers; an agent with TLS only has to accept a connection.</summary>
    public static bool HasAgent(RegistrySpec registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        return registry.Agents.Any(Answers);
    }

    /// <summary>True if a server accepts a connection within 3 s.</summary>
    internal static bool Accepts(HostPort address) => TryConnect(address, Named) is { } socket && Close(socket);

    private static bool Answers(Uri agent)
    {
        var address = new HostPort(agent.Host.Trim('[', ']'), agent.Port);
        return agent.Scheme == Uri.UriSchemeHttps ? Accepts(address) : Answers(address, Named);
    }

    // Consul answers this request with or without a token. An empty leader means that there is no leader.
    private static bool Answers(HostPort address, TimeSpan patience)
    {
        using var socket = TryConnect(address, patience);
        if (socket is null)
        {
            return false;
        }

        try
        {
            _ = socket.Send("GET /v1/status/leader HTTP/1.0\r\n\r\n"u8);
            Span<byte> answer = stackalloc byte[2048];
            var length = 0;
            while (length < answer.Length && socket.Receive(answer[length..]) is > 0 and var read)
            {
                length += read;
            }

            answer = answer[..length].TrimEnd("\r\n"u8);
            return answer.StartsWith("HTTP/1."u8)
                && answer.IndexOf(" 200 "u8) is > 0 and < 16
                && answer.IndexOf("\r\n\r\n\""u8) > 0
                && !answer.EndsWith("\"\""u8);
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static Socket? TryConnect(HostPort address, TimeSpan patience)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.ReceiveTimeout = socket.SendTimeout = (int)patience.TotalMilliseconds;
            socket.Blocking = false;
            Connect(socket, address);
            if (socket.Poll(patience, SelectMode.SelectWrite)
                && (int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)! == 0)
            {
                socket.Blocking = true;
                return socket;
            }
        }
        catch (SocketException)
        {
            // Not reachable.
        }

        socket.Dispose();
        return null;
    }

    private static void Connect(Socket socket, HostPort address)
    {
        try
        {
            socket.Connect(IPAddress.TryParse(address.Host, out var known) ? known : Dns.GetHostAddresses(address.Host)[0], address.Port);
        }
        catch (SocketException pending) when (pending.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
        {
            // The poll below decides.
        }
    }

    private static bool Close(Socket socket)
    {
        socket.Dispose();
        return true;
    }
}
