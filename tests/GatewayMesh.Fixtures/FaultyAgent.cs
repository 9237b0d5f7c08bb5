using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace GatewayMesh.Fixtures;

/// <summary>
/// A proxy in front of a real agent that can answer in its place, to simulate faults that a real agent rarely has. One request per
/// connection, forwarded byte for byte.
/// </summary>
public sealed class FaultyAgent : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _run;
    private volatile ConsulAgent _behind;
    private volatile Func<string, string?>? _answer;
    private int _open;
    private int _mostOpen;

    private FaultyAgent(ConsulAgent behind)
    {
        _behind = behind;
        _listener.Start(1024);
        _run = Task.Run(AcceptAsync);
    }

    /// <summary>URI for a bootstrap file.</summary>
    public string Registry =>
        string.Create(CultureInfo.InvariantCulture, $"consul://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    /// <summary>The real agent. Another one is used from the next request on.</summary>
    public ConsulAgent Behind
    {
        get => _behind;
        set => _behind = value;
    }

    /// <summary>
    /// Returns the whole answer (head and body) for a path and query; null: the real agent answers. Default: always the real agent.
    /// </summary>
    public Func<string, string?>? Answer
    {
        get => _answer;
        set => _answer = value;
    }

    /// <summary>Maximum number of concurrent requests so far.</summary>
    public int MaxOpen => Volatile.Read(ref _mostOpen);

    /// <summary>Starts the proxy in front of <paramref name="agent"/>.</summary>
    public static FaultyAgent Before(ConsulAgent agent) => new(agent);

    /// <summary>Returns an HTTP answer with a body and an index.</summary>
    public static string Response(string status, string body, ulong index = 1) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"HTTP/1.1 {status}\r\nX-Consul-Index: {index}\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: "
                + $"close\r\n\r\n{body}");

    /// <summary>Ends the proxy. Open connections break.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        _listener.Stop();
        await _run.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token).ConfigureAwait(false);
                _ = ServeAsync(client);
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException or InvalidOperationException)
        {
            // Disposed.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        try
        {
            using (client)
            {
                var stream = client.GetStream();
                if (await HeadAsync(stream).ConfigureAwait(false) is not { } head)
                {
                    return;
                }

                Count(Interlocked.Increment(ref _open));
                try
                {
                    await AnswerAsync(head, stream).ConfigureAwait(false);
                }
                finally
                {
                    _ = Interlocked.Decrement(ref _open);
                }
            }
        }
        catch (Exception broken) when (broken is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // One side closed its connection.
        }
    }

    private async Task AnswerAsync(string head, NetworkStream stream)
    {
        if (_answer?.Invoke(head.Split(' ')[1]) is { } answer)
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes(answer), _stop.Token).ConfigureAwait(false);
            return;
        }

        using var agent = new TcpClient();
        await agent.ConnectAsync(IPAddress.Loopback, _behind.HttpPort, _stop.Token).ConfigureAwait(false);
        var behind = agent.GetStream();
        await behind.WriteAsync(Encoding.ASCII.GetBytes(head[..^2] + "Connection: close\r\n\r\n"), _stop.Token).ConfigureAwait(false);
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        var copy = behind.CopyToAsync(stream, gone.Token);
        var end = stream.ReadAsync(new byte[1], gone.Token).AsTask();
        _ = await Task.WhenAny(copy, end).ConfigureAwait(false);
        await gone.CancelAsync().ConfigureAwait(false);
    }

    private void Count(int open)
    {
        for (var most = Volatile.Read(ref _mostOpen); open > most; most = Volatile.Read(ref _mostOpen))
        {
            _ = Interlocked.CompareExchange(ref _mostOpen, open, most);
        }
    }

    private async Task<string?> HeadAsync(NetworkStream stream)
    {
        var head = new StringBuilder();
        var buffer = new byte[4096];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            var read = await stream.ReadAsync(buffer, _stop.Token).ConfigureAwait(false);
            if (read == 0)
            {
                return null;
            }

            _ = head.Append(Encoding.ASCII.GetString(buffer, 0, read));
        }

        return head.ToString();
    }
}
