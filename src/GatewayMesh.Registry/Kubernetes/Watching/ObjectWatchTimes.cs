namespace GatewayMesh.Registry.Kubernetes.Watching;

/// <summary>The times of a watch.</summary>
public sealed record ObjectWatchTimes
{
    /// <summary>
    /// Silence during a start after which the cache of the server is read as it is (<c>resourceVersion=0</c>). Default: 10 s. A server
    /// whose store does not answer accepts a streaming list and sends nothing.
    /// </summary>
    public TimeSpan Start { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Silence after which a watch is cut. Default: 120 s; bookmarks come every 60 s.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>Time after which the server ends a watch. Default: 300 s, ± 20 %, so that watches do not end at the same moment.</summary>
    public TimeSpan Watch { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>First pause after an error, doubled after each further one; the pause is a random part of it. Default: 100 ms.</summary>
    public TimeSpan Backoff { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest pause after an error. Default: 10 s.</summary>
    public TimeSpan BackoffMax { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Interval between questions for a kind that is absent. Default: 30 s.</summary>
    public TimeSpan Absent { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Life of a watch after which its errors are forgotten, so that the next pause is short again. Default: 30 s.</summary>
    public TimeSpan Healthy { get; init; } = TimeSpan.FromSeconds(30);
}
