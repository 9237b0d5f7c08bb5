using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace GatewayMesh.Registry.Tests.Consul.Agents;

/// <summary>A listener with scripted answers, for behavior that a real agent shows only in rare failures.</summary>
internal sealed class StandInAgent : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentQueue<string> _requests = new();

    public StandInAgent()
    {
        _listener.Start();
        _ = AcceptAsync();
    }

    public Uri Address => new($"http://{_listener.LocalEndpoint}");

    public IEnumerable<string> Requests => _requests;

    /// <summary>The bytes of the answer; null: never answers.</summary>
    public Func<string, byte[]?> Answer { get; set; } = _ => Ok("[]");

    public static byte[] Ok(string body, string fields = "") => Whole(200, body, fields);

    public static byte[] Whole(int status, string body, string fields = "") =>
        Encoding.UTF8.GetBytes($"HTTP/1.1 {status} X\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n{fields}\r\n{body}");

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await _listener.AcceptTcpClientAsync());
            }
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                var head = new StringBuilder();
                var block = new byte[4096];
                while (await stream.ReadAsync(block) is > 0 and var read)
                {
                    _ = head.Append(Encoding.UTF8.GetString(block, 0, read));
                    if (!head.ToString().Contains("\r\n\r\n", StringComparison.Ordinal))
                    {
                        continue;
                    }

                    _requests.Enqueue(head.ToString());
                    if (Answer(head.ToString()) is { } answer)
                    {
                        await stream.WriteAsync(answer);
                    }

                    _ = head.Clear();
                }
            }
            catch (IOException)
            {
                // The other side closed the connection.
            }
        }
    }
}
