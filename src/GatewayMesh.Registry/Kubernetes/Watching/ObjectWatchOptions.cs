namespace GatewayMesh.Registry.Kubernetes.Watching;

/// <summary>Settings of a watch.</summary>
/// <param name="Time">Clock of all waits.</param>
/// <param name="Random">Seeded source of jitter. Used by one watch at a time.</param>
public sealed record ObjectWatchOptions(TimeProvider Time, Random Random)
{
    /// <summary>Called after a change of the set or of the report. Must be quick and must not throw. Default: nobody.</summary>
    public Action Changed { get; init; } = static () => { };

    /// <summary>Times of the loop.</summary>
    public ObjectWatchTimes Times { get; init; } = new();
}
