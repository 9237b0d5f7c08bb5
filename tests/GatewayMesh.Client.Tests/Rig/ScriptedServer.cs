using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace GatewayMesh.Client.Tests.Rig;

/// <summary>A sidecar with scripted behavior. Answers probes by default. Counts the requests that it executes.</summary>
internal class ScriptedServer : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly ConcurrentBag<ServerConnection> _connections = [];
    private readonly ConcurrentDictionary<ServerConnection, bool> _used = new();
    private readonly Func<ServerRequest, ServerConnection, Task> _script;
    private int _probes;

    /// <summary>Creates a server with a script for each request.</summary>
    public ScriptedServer(Func<ServerRequest, ServerConnection, Task> script)
    {
        _script = script;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(512);
        Address = _listener.LocalEndPoint!.ToString()!;
        _ = Task.Run(AcceptAsync);
    }

    public string Address { get; }

    /// <summary>True if the server answers probes. Default: true.</summary>
    public bool AnswersProbes { get; set; } = true;

    /// <summary>Complete requests of applications.</summary>
    public ConcurrentQueue<ServerRequest> Executed { get; } = [];

    /// <summary>Probes received.</summary>
    public int Probes => Volatile.Read(ref _probes);

    /// <summary>Connections with an executed request. Probes have their own connections.</summary>
    public int Connections => _used.Count;

    public static ScriptedServer Answering(string body = "ok", string fields = "", string status = "200 OK") =>
        new((_, connection) => connection.AnswerAsync(body, fields, status));

    public static ScriptedServer Resetting() => new((_, connection) =>
    {
        connection.Reset();
        return Task.CompletedTask;
    });

    public static ScriptedServer Silent() => new((_, connection) => connection.UntilEndedAsync());

    /// <summary>An address without a listener.</summary>
    public static string ClosedPort()
    {
        using var gone = new ScriptedServer((_, _) => Task.CompletedTask);
        return gone.Address;
    }

    /// <summary>Stops accepting. Open connections stay.</summary>
    public void StopListening() => _listener.Dispose();

    /// <summary>Resets all connections, as a killed process does.</summary>
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

    /// <summary>Runs the exchange before HTTP; false if the connection is refused.</summary>
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
