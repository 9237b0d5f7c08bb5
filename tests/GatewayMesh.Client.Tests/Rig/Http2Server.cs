namespace GatewayMesh.Client.Tests.Rig;

/// <summary>A sidecar, or a gateway behind its tunnel, that speaks HTTP/2 with prior knowledge. The test scripts each stream.</summary>
internal sealed class Http2Server(
    Func<int, Http2Peer, Task> script, bool isGateway = false, bool headIsEnough = false) : ScriptedServer((_, _) => Task.CompletedTask)
{
    private int _streams;

    /// <summary>Requests received.</summary>
    public int Streams => Volatile.Read(ref _streams);

    public static Http2Server Gateway() => new((stream, peer) => peer.AnswerAsync(stream, "by the gateway"), isGateway: true);

    protected override async Task<bool> GreetAsync(ServerConnection connection)
    {
        if (isGateway)
        {
            var head = await connection.TakeAsync(16);
            await connection.TakeAsync((head[14] << 8) | head[15]);
            await connection.SendAsync("+");
        }

        return true;
    }

    protected override async Task ServeAsync(ServerConnection connection)
    {
        var peer = new Http2Peer(connection);
        await peer.GreetAsync();
        while (true)
        {
            var stream = await peer.NextRequestAsync(headIsEnough);
            Interlocked.Increment(ref _streams);
            await script(stream, peer);
        }
    }
}
