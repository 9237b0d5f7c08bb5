using System.Net;
using GatewayMesh.Proxy.Loops;

namespace GatewayMesh.Benchmarks.Floor;

/// <summary>Takes the connections of a hop's listener and serves each on its loop.</summary>
internal sealed class HopTarget(IPEndPoint target, HopSecurity security) : IConnectionTarget
{
    private readonly Dictionary<EventLoop, HopPool> _pools = [];

    public bool TryReserve(LoopListener listener) => true;

    public void NotAccepted(LoopListener listener)
    {
    }

    public void Accepted(LoopListener listener, LoopSocket connection) =>
        _ = ServeAsync(connection);

    private async Task ServeAsync(LoopSocket connection)
    {
        try
        {
            var stream = await security.AcceptAsync(connection).ConfigureAwait(false);
            await new Hop(stream, PoolOf(connection.Loop)).ServeAsync().ConfigureAwait(false);
        }
        catch (IOException failure)
        {
            Console.Error.WriteLine(failure.Message);
            connection.Abort();
        }
    }

    private HopPool PoolOf(EventLoop loop)
    {
        lock (_pools)
        {
            return _pools.TryGetValue(loop, out var pool) ? pool : _pools[loop] = new HopPool(loop, target, security);
        }
    }
}
