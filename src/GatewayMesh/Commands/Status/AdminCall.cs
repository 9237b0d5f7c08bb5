using System.Globalization;
using System.Net.Sockets;
using System.Text;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Commands.Status;

/// <summary>One call of an admin address. Answers as a value: a process that is gone is what these commands are about.</summary>
internal static class AdminCall
{
    /// <summary>Sends a request; the answer, or in words why there is none.</summary>
    public static AdminAnswer Send(HostPort address, string method, string path, string? body, TimeSpan timeout)
    {
        try
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp)
            {
                SendTimeout = (int)timeout.TotalMilliseconds,
                ReceiveTimeout = (int)timeout.TotalMilliseconds,
            };
            socket.Connect(address.ToEndPoint());
            var content = Encoding.UTF8.GetBytes(body ?? "");
            var head = string.Create(
                CultureInfo.InvariantCulture,
                $"{method} {path} HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\nContent-Length: {content.Length}\r\nConnection: close\r\n\r\n");
            socket.Send([.. Encoding.ASCII.GetBytes(head), .. content]);
            return Receive(socket);
        }
        catch (SocketException failure)
        {
            return new AdminAnswer(0, "", failure.SocketErrorCode switch
            {
                SocketError.ConnectionRefused => "nothing listens there",
                SocketError.TimedOut or SocketError.WouldBlock => $"no answer within {DurationText.Format(timeout)}",
                _ => failure.Message,
            });
        }
    }

    private static AdminAnswer Receive(Socket socket)
    {
        var buffer = new byte[16 * 1024];
        using var received = new MemoryStream();
        while (socket.Receive(buffer) is > 0 and var count)
        {
            received.Write(buffer, 0, count);
        }

        var text = Encoding.UTF8.GetString(received.GetBuffer(), 0, (int)received.Length);
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        return end > 12 && int.TryParse(text.AsSpan(9, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var status)
            ? new AdminAnswer(status, text[(end + 4)..], null)
            : new AdminAnswer(0, "", "the answer is no HTTP: is this an admin address?");
    }
}
