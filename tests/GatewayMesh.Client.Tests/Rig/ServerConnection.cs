using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace GatewayMesh.Client.Tests.Rig;

/// <summary>The server's side of one connection, byte by byte.</summary>
internal sealed class ServerConnection(Socket socket) : IDisposable
{
    private readonly List<byte> _unread = [];

    public Socket Socket => socket;

    /// <summary>The next HTTP/1.1 request with its body; null at the end.</summary>
    public async Task<ServerRequest?> ReadAsync()
    {
        if (await ReadHeadAsync() is not { } head)
        {
            return null;
        }

        var request = new ServerRequest(head, "");
        if (request["Transfer-Encoding"] is not null)
        {
            return request with { Body = await ReadChunksAsync() };
        }

        return request with
        {
            Body = Encoding.Latin1.GetString(await TakeAsync(int.Parse(request["Content-Length"] ?? "0", CultureInfo.InvariantCulture))),
        };
    }

    /// <summary>The next head without its body; null at the end.</summary>
    public async Task<string?> ReadHeadAsync()
    {
        while (true)
        {
            var text = Encoding.Latin1.GetString([.. _unread]);
            var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (end >= 0)
            {
                _unread.RemoveRange(0, end + 4);
                return text[..(end + 2)];
            }

            if (!await FillAsync())
            {
                return null;
            }
        }
    }

    public async Task<byte[]> TakeAsync(int count)
    {
        while (_unread.Count < count)
        {
            if (!await FillAsync())
            {
                throw new EndOfStreamException();
            }
        }

        byte[] bytes = [.. _unread.Take(count)];
        _unread.RemoveRange(0, count);
        return bytes;
    }

    public Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    public async Task SendAsync(ReadOnlyMemory<byte> bytes) => await socket.SendAsync(bytes);

    public Task AnswerAsync(string body, string fields = "", string status = "200 OK") =>
        SendAsync($"HTTP/1.1 {status}\r\n{fields}Content-Length: {body.Length}\r\n\r\n{body}");

    /// <summary>Closes without a reset, like a process that has read everything.</summary>
    public void End()
    {
        socket.Shutdown(SocketShutdown.Both);
        socket.Close();
    }

    /// <summary>Resets the connection.</summary>
    public void Reset()
    {
        socket.LingerState = new LingerOption(true, 0);
        socket.Close();
    }

    /// <summary>Waits until the client has closed the connection.</summary>
    public async Task UntilEndedAsync()
    {
        while (await FillAsync())
        {
        }
    }

    public void Dispose() => socket.Dispose();

    private async Task<string> ReadChunksAsync()
    {
        var body = new StringBuilder();
        while (true)
        {
            var size = int.Parse(await ReadLineAsync(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            body.Append(Encoding.Latin1.GetString(await TakeAsync(size)));
            await ReadLineAsync();
            if (size == 0)
            {
                return body.ToString();
            }
        }
    }

    private async Task<string> ReadLineAsync()
    {
        var line = new StringBuilder();
        while (line.Length < 2 || line[^1] != '\n')
        {
            line.Append((char)(await TakeAsync(1))[0]);
        }

        return line.ToString().TrimEnd();
    }

    private async Task<bool> FillAsync()
    {
        var buffer = new byte[64 * 1024];
        try
        {
            var read = await socket.ReceiveAsync(buffer);
            _unread.AddRange(buffer.AsSpan(0, read));
            return read > 0;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
