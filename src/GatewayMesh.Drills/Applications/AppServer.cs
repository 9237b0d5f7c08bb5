using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace GatewayMesh.Drills.Applications;

/// <summary>
/// A small HTTP/1.1 server with keep-alive, enough for the sample applications of demo and scenarios on loopback. Not Kestrel: this
/// library needs no web server, and the applications share the machine with the mesh that they show, so they must be cheap.
/// </summary>
/// <param name="port">The port.</param>
/// <param name="answer">Answers the request for a path.</param>
internal sealed class AppServer(int port, Func<string, Task<AppResponse>> answer) : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    /// <summary>Binds the port and serves until disposed.</summary>
    public void Start()
    {
        _listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
        _listener.Listen(512);
        new Thread(Accept) { IsBackground = true, Name = "accept" }.Start();
    }

    /// <summary>Stops accepting. Open connections run to their end.</summary>
    public void Dispose() => _listener.Dispose();

    private void Accept()
    {
        try
        {
            while (true)
            {
                var connection = _listener.Accept();
                connection.NoDelay = true;
                _ = ServeAsync(connection);
            }
        }
        catch (Exception end) when (end is SocketException or ObjectDisposedException)
        {
            // The listener was closed.
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
                var response = await answer(request.Path).ConfigureAwait(false);
                await connection.SendAsync(Bytes(response, request.Close)).ConfigureAwait(false);
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

    private static byte[] Bytes(AppResponse response, bool close) => Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $"HTTP/1.1 {response.Status} {Reason(response.Status)}\r\nContent-Type: application/json\r\n{response.Fields}Content-Length: "
            + $"{Encoding.UTF8.GetByteCount(response.Json)}\r\n{(close ? "Connection: close\r\n" : "")}\r\n{response.Json}"));

    private static string Reason(int status) => status switch
    {
        200 => "OK",
        503 => "Service Unavailable",
        _ => "Bad Gateway",
    };
}
