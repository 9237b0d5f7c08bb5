namespace GatewayMesh.Registry;

/// <summary>Random spread of waits, so that the nodes of a mesh do not send requests at the same moment.</summary>
/// <param name="random">The source of randomness.</param>
internal sealed class Jitter(Random random)
{
    private readonly Lock _lock = new();

    /// <summary>A time between 0 and <paramref name="most"/>.</summary>
    public TimeSpan UpTo(TimeSpan most) => most * Next();

    /// <summary><paramref name="middle"/>, plus or minus up to <paramref name="part"/> of its length.</summary>
    public TimeSpan Around(TimeSpan middle, double part) => middle * (1 - part + (2 * part * Next()));

    private double Next()
    {
        lock (_lock)
        {
            return random.NextDouble();
        }
    }
}
