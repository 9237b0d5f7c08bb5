using System.Net;
using System.Net.Sockets;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Registry.Bootstrap;

/// <summary>
/// Whether a registry can be reached, asked once before anything else is there. A guard asks this too, and has no memory for an HTTP
/// client: a socket and one line must do.
/// </summary>
public static class RegistryReach
{
    // Somebody waits for a prompt; an agent on this host answers in a millisecond.
    private static readonly TimeSpan Local = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Named = TimeSpan.FromSeconds(3);

    /// <summary>Whether a Consul agent answers at <see cref="RegistrySpec.LocalConsul"/>.</summary>
    public static bool HasLocalConsul() => Answers(new HostPort("127.0.0.1", 8500), Local);

    /// <summary>Whether <paramref name="registry"/> can be reached: its folder is there, or one of its agents answers (of an agent with TLS: takes connections).</summary>
    public static bool IsReachable(RegistrySpec registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        return registry.Kind == "file" ? Directory.Exists(registry.Target) : registry.Agents.Any(IsReachable);
    }

    private static bool IsReachable(Uri agent)
    {
        var address = new HostPort(agent.Host.Trim('[', ']'), agent.Port);
        return agent.Scheme == Uri.UriSchemeHttps ? TryConnect(address, Named) is { } socket && Close(socket) : Answers(address, Named);
    }

    // Consul answers this one to everybody, with or without a token; an empty leader is none.
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
            return answer.StartsWith("HTTP/1."u8) && answer.IndexOf(" 200 "u8) is > 0 and < 16 && answer.IndexOf("\r\n\r\n\""u8) > 0 && !answer.EndsWith("\"\""u8);
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
            if (socket.Poll(patience, SelectMode.SelectWrite) && (int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)! == 0)
            {
                socket.Blocking = true;
                return socket;
            }
        }
        catch (SocketException)
        {
            // Not there.
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
            // Decided by the wait.
        }
    }

    private static bool Close(Socket socket)
    {
        socket.Dispose();
        return true;
    }
}
