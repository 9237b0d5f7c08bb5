using GatewayMesh.Proxy.Pipeline;

namespace GatewayMesh.Proxy.Authorization;

/// <summary>
/// The exchanges of one connection that were ever guarded. An exchange is listed once and serves many requests, so a request costs no lock; those that the server
/// has given up are swept out as the list grows.
/// </summary>
internal sealed class GuardedExchanges
{
    private readonly Lock _lock = new();
    private readonly List<Exchange> _all = [];
    private int _sweepAt = 16;

    /// <summary>Lists one that is guarded now.</summary>
    public void Add(Exchange exchange)
    {
        lock (_lock)
        {
            if (_all.Count >= _sweepAt)
            {
                _all.RemoveAll(static each => each.TryUnlist());
                _sweepAt = Math.Max(16, _all.Count * 2);
            }

            _all.Add(exchange);
        }
    }

    /// <summary>Those that are listed at this moment.</summary>
    public Exchange[] ToArray()
    {
        lock (_lock)
        {
            return [.. _all];
        }
    }
}
