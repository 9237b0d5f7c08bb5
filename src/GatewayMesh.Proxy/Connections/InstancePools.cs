using GatewayMesh.Proxy.Loops;

namespace GatewayMesh.Proxy.Connections;

/// <summary>Pools of connections to one instance: one for each loop, so that a request takes no lock and changes no thread.</summary>
/// <param name="connect">Makes a connection.</param>
/// <param name="idle">Time after which an idle connection is closed.</param>
internal sealed class InstancePools(Connect connect, TimeSpan idle)
{
    private readonly Lock _gate = new();
    private (EventLoop Loop, InstancePool Pool)[] _pools = [];
    private bool _isClosed;

    /// <summary>Returns the pool of a loop. On that loop.</summary>
    public InstancePool Of(EventLoop loop)
    {
        foreach (var (each, pool) in _pools)
        {
            if (ReferenceEquals(each, loop))
            {
                return pool;
            }
        }

        lock (_gate)
        {
            var pool = new InstancePool(loop, connect, idle);
            if (_isClosed)
            {
                pool.Close();
            }

            _pools = [.. _pools, (loop, pool)];
            return pool;
        }
    }

    /// <summary>Closes the idle connections; running requests finish, and their connections are closed afterwards.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            foreach (var (loop, pool) in _pools)
            {
                loop.Post(pool.Close);
            }
        }
    }
}
