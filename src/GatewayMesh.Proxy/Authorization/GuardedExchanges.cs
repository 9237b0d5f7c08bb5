using GatewayMesh.Proxy.Pipeline;

namespace GatewayMesh.Proxy.Authorization;

/// <summary>
/// The exchanges of one connection that have ever been guarded. An exchange is listed once and serves many requests, so a request costs no
/// lock. Exchanges that the server has abandoned are removed as the list grows.
/// </summary>
internal sealed class GuardedExchanges
{
    private readonly Lock _lock = new();
    private readonly List<Exchange> _all = [];
    private int _sweepAt = 16;

    /// <summary>Adds a newly guarded exchange.</summary>
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

    /// <summary>Removes the exchanges without a running request.</summary>
    public void Forget()
    {
        lock (_lock)
        {
            _ = _all.RemoveAll(static each => each.TryUnlist());
        }
    }

    /// <summary>Returns a copy of the current list.</summary>
    public Exchange[] ToArray()
    {
        lock (_lock)
        {
            return [.. _all];
        }
    }
}
