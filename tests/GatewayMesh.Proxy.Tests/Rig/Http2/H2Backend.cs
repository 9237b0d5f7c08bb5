using System.Collections.Concurrent;
using System.Net.Sockets;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Proxy.Tests.Rig.Http2;

/// <summary>An application that speaks only HTTP/2 with prior knowledge, and whose responses the test writes frame by frame.</summary>
internal sealed class H2Backend : IDisposable
{
    private readonly Backend _backend = new();
    private readonly ConcurrentBag<H2Connection> _connections = [];
    private readonly Func<H2Message, H2Connection, Task>? _answer;
    private int _executed;

    /// <summary>
    /// With <paramref name="answer"/>, calls it for each complete request. Without it, the test accepts connections itself.
    /// </summary>
    public H2Backend(Func<H2Message, H2Connection, Task>? answer = null)
    {
        _answer = answer;
        if (answer is not null)
        {
            _ = Task.Run(Accept);
        }
    }

    public HostPort HostPort => _backend.HostPort;

    /// <summary>Number of complete requests.</summary>
    public int Executed => Volatile.Read(ref _executed);

    public int Connections => _connections.Count;

    public ConcurrentQueue<H2Message> Requests { get; } = [];

    public H2Message Last => Requests.Last();

    /// <summary>Answers every request in the same way.</summary>
    public static H2Backend Answering(string body, Fields? trailers = null, params (string Name, string Value)[] fields) =>
        new(async (request, connection) =>
    {
        await connection.Headers(request.Stream, Fields.Of([(":status", "200"), .. fields]));
        await connection.Data(request.Stream, body, end: trailers is null);
        if (trailers is not null)
        {
            await connection.Headers(request.Stream, trailers, end: true);
        }
    });

    /// <summary>Answers every request with a head that ends its stream.</summary>
    public static H2Backend HeadOnly(params (string Name, string Value)[] fields) =>
        new((request, connection) => connection.Headers(request.Stream, Fields.Of(fields), end: true));

    /// <summary>Returns the next connection after its preface.</summary>
    public async Task<H2Connection> NextConnection(TimeSpan? patient = null)
    {
        var connection = await H2Connection.Accept(await _backend.NextConnection(patient));
        _connections.Add(connection);
        return connection;
    }

    public void Dispose()
    {
        _backend.Dispose();
        foreach (var connection in _connections)
        {
            connection.Dispose();
        }
    }

    private async Task Accept()
    {
        try
        {
            while (true)
            {
                var raw = await _backend.NextConnection(Timeout.InfiniteTimeSpan);
                _ = Task.Run(() => Serve(raw));
            }
        }
        catch (Exception over) when (
            over is System.Threading.Channels.ChannelClosedException or OperationCanceledException or ObjectDisposedException)
        {
        }
    }

    // One request at a time: enough for a test, and frames do not interleave.
    private async Task Serve(RawConnection raw)
    {
        try
        {
            var connection = await H2Connection.Accept(raw);
            _connections.Add(connection);
            while (true)
            {
                var request = await connection.ReadMessage();
                Interlocked.Increment(ref _executed);
                Requests.Enqueue(request);
                await _answer!(request, connection);
            }
        }
        catch (Exception over) when (
            over is IOException or SocketException or ObjectDisposedException or OperationCanceledException or AssertionException)
        {
        }
    }
}
