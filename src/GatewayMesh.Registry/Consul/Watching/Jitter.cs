namespace GatewayMesh.Registry.Consul.Watching;

/// <summary>Randomness of waits, so that the nodes of a mesh do not knock at one moment.</summary>
/// <param name="random">Where it comes from.</param>
internal sealed class Jitter(Random random)
{
    private readonly Lock _lock = new();

    /// <summary>From 0 to all of <paramref name="most"/>.</summary>
    public TimeSpan UpTo(TimeSpan most) => most * Next();

    /// <summary><paramref name="middle"/>, more or less by up to <paramref name="part"/> of it.</summary>
    public TimeSpan Around(TimeSpan middle, double part) => middle * (1 - part + (2 * part * Next()));

    private double Next()
    {
        lock (_lock)
        {
            return random.NextDouble();
        }
    }
}
