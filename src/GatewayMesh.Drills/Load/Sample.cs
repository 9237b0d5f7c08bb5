namespace GatewayMesh.Drills.Load;

/// <summary>A completed request. All times in microseconds since the start of the load.</summary>
/// <param name="Intended">Intended send time.</param>
/// <param name="Sent">Actual send time; equal to <paramref name="Done"/> if never sent.</param>
/// <param name="Done">End of the request.</param>
/// <param name="LoadOutcome">Outcome.</param>
internal readonly record struct Sample(long Intended, long Sent, long Done, LoadOutcome LoadOutcome)
{
    // Below this, a late send is the client's own scheduling and not a wait for a connection.
    private const long WaitedMicroseconds = 5_000;

    /// <summary>Index into <see cref="AnswerPaths"/>; 0 without a response or without named nodes.</summary>
    public ushort Path { get; init; }

    /// <summary>Status of the response, or 0.</summary>
    public ushort Status { get; init; }

    /// <summary>True if the response came through a gateway.</summary>
    public bool ThroughGateway { get; init; }

    /// <summary>True if the request was retried.</summary>
    public bool Replayed { get; init; }

    /// <summary>Wait time of a user with an ideal client, microseconds.</summary>
    public long Latency => Done - Intended;

    /// <summary>True if every connection was busy at the intended send time.</summary>
    public bool Waited => Sent - Intended > WaitedMicroseconds;
}
