using GatewayMesh.Registry.Consul.Watching;

namespace GatewayMesh.Registry.Consul.Certificates;

/// <summary>When to ask for a leaf anew.</summary>
internal static class Renewal
{
    // Not all nodes of a mesh that began together at one moment.
    private const double Spread = 0.1;

    /// <summary>
    /// The middle of its life, more or less by a tenth; when that is over, a twentieth of its life from now. What is asked then is answered at
    /// once: Consul's agent renews by itself, somewhat later (between 60 % and 90 % of the life), and only while a question waits.
    /// </summary>
    public static DateTimeOffset NextLook(DateTimeOffset begin, DateTimeOffset end, DateTimeOffset now, Jitter jitter)
    {
        var life = end - begin;
        var half = begin + jitter.Around(life / 2, Spread);
        return half > now ? half : now + jitter.Around(life / 20, Spread);
    }
}
