namespace GatewayMesh.Proxy.Idempotency.Redis;

/// <summary>
/// The clock of a server, estimated from its replies. The estimate is never behind the server by more than the drift since the last reply,
/// and ahead by at most the time that the reply took.
/// </summary>
/// <param name="time">The clock of this process.</param>
internal sealed class ServerClock(TimeProvider time)
{
    private const long Unknown = long.MinValue;

    private long _offset = Unknown;

    /// <summary>True once a reply has told the time.</summary>
    public bool IsKnown => Volatile.Read(ref _offset) != Unknown;

    /// <summary>Learns the server's time.</summary>
    /// <param name="server">Milliseconds of the server.</param>
    /// <param name="askedAt">Timestamp at which the server was asked.</param>
    public void Learn(long server, long askedAt) => Volatile.Write(ref _offset, server - Milliseconds(askedAt));

    /// <summary>Returns the server's time in milliseconds at a timestamp.</summary>
    public long At(long timestamp) => Volatile.Read(ref _offset) + Milliseconds(timestamp);

    private long Milliseconds(long timestamp) => (long)(timestamp * 1000.0 / time.TimestampFrequency);
}
