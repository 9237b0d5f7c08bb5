namespace GatewayMesh.Commands.Drill.Load;

/// <summary>One request that has ended. All times in microseconds since the start of the load.</summary>
/// <param name="Intended">When the schedule wanted it sent.</param>
/// <param name="Sent">When it was handed to a connection; equal to <paramref name="Done"/> when it never was.</param>
/// <param name="Done">When it ended.</param>
/// <param name="LoadOutcome">What became of it.</param>
internal readonly record struct Sample(long Intended, long Sent, long Done, LoadOutcome LoadOutcome)
{
    // Below this a late sending is the client's own scheduling, not a wait for a connection.
    private const long WaitedMicroseconds = 5_000;

    /// <summary>Index into <see cref="AnswerPaths"/>; 0 when there was no answer or it named no nodes.</summary>
    public ushort Path { get; init; }

    /// <summary>Status of the answer, or 0.</summary>
    public ushort Status { get; init; }

    /// <summary>The answer came through a gateway.</summary>
    public bool ThroughGateway { get; init; }

    /// <summary>It was sent a second time.</summary>
    public bool Replayed { get; init; }

    /// <summary>Time that the user of an ideal client would have waited, microseconds.</summary>
    public long Latency => Done - Intended;

    /// <summary>Every connection was busy when it was due.</summary>
    public bool Waited => Sent - Intended > WaitedMicroseconds;
}
