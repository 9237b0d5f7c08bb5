using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace GatewayMesh.Client.Tests.Rig;

/// <summary>A sidecar whose behaviour the test writes; questions whether it lives are answered unless the script says otherwise. Counts what it executes.</summary>
internal class ScriptedServer : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly ConcurrentBag<ServerConnection> _connections = [];
    private readonly ConcurrentDictionary<ServerConnection, bool> _used = new();
    private readonly Func<ServerRequest, ServerConnection, Task> _script;
    private int _probes;

    /// <summary>A server that does this with each request it has read.</summary>
    public ScriptedServer(Func<ServerRequest, ServerConnection, Task> script)
    {
        _script = script;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(512);
        Address = _listener.LocalEndPoint!.ToString()!;
        _ = Task.Run(AcceptAsync);
    }

    public string Address { get; }

    /// <summary>Whether it answers questions. Default: true.</summary>
    public bool AnswersProbes { get; set; } = true;

    /// <summary>Requests of applications that were read whole.</summary>
    public ConcurrentQueue<ServerRequest> Executed { get; } = [];

    /// <summary>Questions whether it lives.</summary>
    public int Probes => Volatile.Read(ref _probes);

    /// <summary>Connections on which a request was executed; questions have connections of their own.</summary>
    public int Connections => _used.Count;

    public static ScriptedServer Answering(string body = "ok", string fields = "", string status = "200 OK") => new((_, connection) => connection.AnswerAsync(body, fields, status));

    public static ScriptedServer Resetting() => new((_, connection) =>
    {
        connection.Reset();
        return Task.CompletedTask;
    });

    public static ScriptedServer Silent() => new((_, connection) => connection.UntilEndedAsync());

    /// <summary>An address at which nobody listens.</summary>
    public static string Nobody()
    {
        using var gone = new ScriptedServer((_, _) => Task.CompletedTask);
        return gone.Address;
    }

    /// <summary>Accepts no more; open connections stay.</summary>
    public void StopListening() => _listener.Dispose();

    /// <summary>Ends all connections with a reset, as a killed process does.</summary>
    public void Kill()
    {
        _listener.Dispose();
        foreach (var connection in _connections)
        {
            connection.Reset();
        }
    }

    public void Dispose()
    {
        _listener.Dispose();
        foreach (var connection in _connections)
        {
            connection.Dispose();
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>What comes before HTTP; false when the connection is not carried.</summary>
    protected virtual Task<bool> GreetAsync(ServerConnection connection) => Task.FromResult(true);

    protected virtual async Task ServeAsync(ServerConnection connection)
    {
        while (await connection.ReadAsync() is { } request)
        {
            if (!request.IsProbe)
            {
                _used[connection] = true;
                Executed.Enqueue(request);
                await _script(request, connection);
                continue;
            }

            Interlocked.Increment(ref _probes);
            if (AnswersProbes)
            {
                await connection.AnswerAsync("ok\n");
            }
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var connection = new ServerConnection(await _listener.AcceptAsync());
                _connections.Add(connection);
                _ = Task.Run(() => RunAsync(connection));
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task RunAsync(ServerConnection connection)
    {
        try
        {
            if (await GreetAsync(connection))
            {
                await ServeAsync(connection);
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException or IOException)
        {
        }
    }
}
