using GatewayMesh.Registry.Consul.Watching;

namespace GatewayMesh.Registry.Consul.Certificates;

/// <summary>The time of the next request for a leaf.</summary>
internal static class Renewal
{
    // Spreads the requests of nodes that started at the same moment.
    private const double Spread = 0.1;

    /// <summary>
    /// Half of the leaf's lifetime, plus or minus a tenth; after that, a twentieth of the lifetime from now. The agent answers such a
    /// request at once. By itself, Consul's agent renews somewhat later (between 60 % and 90 % of the lifetime) and only while a query
    /// waits.
    /// </summary>
    public static DateTimeOffset NextLook(DateTimeOffset begin, DateTimeOffset end, DateTimeOffset now, Jitter jitter)
    {
        var life = end - begin;
        var half = begin + jitter.Around(life / 2, Spread);
        return half > now ? half : now + jitter.Around(life / 20, Spread);
    }
}
