using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace GatewayMesh.MeshTests.Backends;

/// <summary>An application that answers every HTTP/1.1 request with its name and counts its executions.</summary>
internal sealed class CountingBackend : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, int> _works = new();
    private readonly string _name;
    private int _executions;

    public CountingBackend(string name)
    {
        _name = name;
        _listener.Start(512);
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Requests answered or in progress.</summary>
    public int Executions => Volatile.Read(ref _executions);

    /// <summary>Number of executions by the value of <c>X-Work</c>.</summary>
    public IReadOnlyDictionary<string, int> Works => _works;

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await _listener.AcceptSocketAsync(_stop.Token));
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        var answer = Encoding.ASCII.GetBytes(
            $"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {_name.Length + 1}\r\n\r\n{_name}\n");
        var buffer = new byte[16 * 1024];
        var filled = 0;
        socket.NoDelay = true;
        using (socket)
        {
            try
            {
                while (true)
                {
                    int end;
                    while ((end = buffer.AsSpan(0, filled).IndexOf("\r\n\r\n"u8)) < 0)
                    {
                        var read = await socket.ReceiveAsync(buffer.AsMemory(filled), _stop.Token);
                        if (read == 0)
                        {
                            return;
                        }

                        filled += read;
                    }

                    // The body is read before the work is done, as an application does.
                    var head = Encoding.Latin1.GetString(buffer, 0, end + 2);
                    var length = end + 4 + int.Parse(Field(head, "Content-Length") ?? "0", CultureInfo.InvariantCulture);
                    while (filled < length)
                    {
                        var read = await socket.ReceiveAsync(buffer.AsMemory(filled), _stop.Token);
                        if (read == 0)
                        {
                            return;
                        }

                        filled += read;
                    }

                    buffer.AsSpan(length..filled).CopyTo(buffer);
                    filled -= length;
                    Interlocked.Increment(ref _executions);
                    if (Field(head, "X-Work") is { } work)
                    {
                        _works.AddOrUpdate(work, 1, (_, times) => times + 1);
                    }

                    await socket.SendAsync(answer, _stop.Token);
                }
            }
            catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
            {
            }
        }
    }

    private static string? Field(string head, string name)
    {
        var start = head.IndexOf($"\r\n{name}: ", StringComparison.OrdinalIgnoreCase);
        if (start < 0)
        {
            return null;
        }

        start += name.Length + 4;
        return head[start..head.IndexOf('\r', start)];
    }
}
