using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace GatewayMesh.Drills.Demo.App;

/// <summary>A small HTTP/1.1 server with keep-alive, enough for a sample application on loopback.</summary>
internal sealed class AppServer(int port, Func<string, Task<(int Status, string Json)>> answer)
{
    /// <summary>Binds the port and serves until the process ends.</summary>
    public void Start()
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
        listener.Listen(512);
        new Thread(() => Accept(listener)) { IsBackground = true, Name = "accept" }.Start();
    }

    private void Accept(Socket listener)
    {
        while (true)
        {
            var connection = listener.Accept();
            connection.NoDelay = true;
            _ = ServeAsync(connection);
        }
    }

    private async Task ServeAsync(Socket connection)
    {
        using var _ = connection;
        var buffer = new byte[16 * 1024];
        var filled = 0;
        try
        {
            while (true)
            {
                var end = buffer.AsSpan(0, filled).IndexOf("\r\n\r\n"u8);
                if (end < 0)
                {
                    var count = filled < buffer.Length ? await connection.ReceiveAsync(buffer.AsMemory(filled)).ConfigureAwait(false) : 0;
                    if (count == 0)
                    {
                        return;
                    }

                    filled += count;
                    continue;
                }

                var request = AppRequest.Parse(buffer.AsSpan(0, end));
                filled = await SkipAsync(connection, buffer, end + 4, filled, request.BodyLength).ConfigureAwait(false);
                var (status, json) = await answer(request.Path).ConfigureAwait(false);
                await connection.SendAsync(Response(status, json, request.Close)).ConfigureAwait(false);
                if (request.Close)
                {
                    return;
                }
            }
        }
        catch (SocketException)
        {
            // The caller closed the connection.
        }
    }

    // Drops head and body; the rest of the buffer is the next request.
    private static async Task<int> SkipAsync(Socket connection, byte[] buffer, int head, int filled, int body)
    {
        var rest = filled - head - body;
        if (rest >= 0)
        {
            buffer.AsSpan(head + body, rest).CopyTo(buffer);
            return rest;
        }

        while (rest < 0)
        {
            var count = await connection.ReceiveAsync(buffer.AsMemory(0, Math.Min(buffer.Length, -rest))).ConfigureAwait(false);
            rest = count == 0 ? throw new SocketException((int)SocketError.ConnectionReset) : rest + count;
        }

        return 0;
    }

    private static byte[] Response(int status, string json, bool close) => Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $"HTTP/1.1 {status} {(status == 200 ? "OK" : "Bad Gateway")}\r\nContent-Type: application/json\r\nContent-Length: "
            + $"{Encoding.UTF8.GetByteCount(json)}\r\n{(close ? "Connection: close\r\n" : "")}\r\n{json}"));
}
