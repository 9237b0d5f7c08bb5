namespace GatewayMesh.Configuration.Snapshot;

/// <summary>How calls to a service are made (from <c>kind: service-policy</c>).</summary>
public sealed record PolicyModel
{
    /// <summary>The defaults.</summary>
    public static PolicyModel Default { get; } = new();

    /// <summary>Time of a request up to the head of its answer, all attempts together; it stands still while a body is uploaded, and a body that streams down is bound by its idle time. Default: 15 s.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Time to connect to an instance. Default: 1 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Attempts of one request over all layers. Default: 3.</summary>
    public int MaxAttempts { get; init; } = 3;

    /// <summary>Failures in a row after which an instance is ejected. Default: 3.</summary>
    public int EjectAfter { get; init; } = 3;

    /// <summary>How long it is ejected, times the number of ejections in a row, at most ten times. Default: 10 s.</summary>
    public TimeSpan EjectFor { get; init; } = TimeSpan.FromSeconds(10);
}
