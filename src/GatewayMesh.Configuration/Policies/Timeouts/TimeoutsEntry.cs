using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Policies.Timeouts;

/// <summary>Declared <c>timeouts</c> of a service-policy; a null value is inherited.</summary>
public sealed record TimeoutsEntry
{
    /// <summary><c>request</c>: time for a request up to its response head, all attempts included; zero: no limit.</summary>
    public TimeSpan? Request { get; init; }

    /// <summary><c>attempt</c>: time for an attempt up to its response head; zero: no limit.</summary>
    public TimeSpan? Attempt { get; init; }

    /// <summary><c>connect</c>: time to connect to an instance.</summary>
    public TimeSpan? Connect { get; init; }

    /// <summary><c>idle</c>: time without any bytes in either direction; zero: no limit.</summary>
    public TimeSpan? Idle { get; init; }

    internal static TimeoutsEntry Bind(MappingReader reader)
    {
        var entry = new TimeoutsEntry
        {
            Request = reader.OrNull("request", ScalarTypes.Wait),
            Attempt = reader.OrNull("attempt", ScalarTypes.Wait),
            Connect = reader.OrNull("connect", ScalarTypes.Duration),
            Idle = reader.OrNull("idle", ScalarTypes.Wait),
        };
        if (IsAbove(entry.Connect, entry.Request))
        {
            reader.Fail("connect", "is longer than request", "raise timeouts.request or lower timeouts.connect");
        }

        if (IsAbove(entry.Attempt, entry.Request))
        {
            reader.Fail("attempt", "is longer than request, which ends all attempts", "raise timeouts.request or lower timeouts.attempt");
        }

        if (IsAbove(entry.Connect, entry.Attempt))
        {
            reader.Fail("connect", "is longer than attempt", "raise timeouts.attempt or lower timeouts.connect");
        }

        return entry;
    }

    private static bool IsAbove(TimeSpan? part, TimeSpan? whole) => whole > TimeSpan.Zero && part > whole;
}
