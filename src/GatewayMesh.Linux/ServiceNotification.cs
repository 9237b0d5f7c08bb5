using System.Net.Sockets;
using System.Text;

namespace GatewayMesh.Linux;

/// <summary>Notifies systemd of the service's state (<c>sd_notify(3)</c>). Does nothing without a service supervisor.</summary>
public static class ServiceNotification
{
    /// <summary>Sends lines such as <c>READY=1</c>. Never throws: a missing supervisor is no reason to fail.</summary>
    public static void Send(string state)
    {
        if (Environment.GetEnvironmentVariable("NOTIFY_SOCKET") is not { Length: > 1 } path)
        {
            return;
        }

        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            socket.SendTo(Encoding.UTF8.GetBytes(state), new UnixDomainSocketEndPoint(path[0] == '@' ? "\0" + path[1..] : path));
        }
        catch (Exception failure) when (failure is SocketException or ArgumentException)
        {
        }
    }
}
