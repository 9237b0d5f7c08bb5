using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Policies.Timeouts;

/// <summary><c>timeouts</c> of a service-policy, as declared; what is null falls to the policy beneath.</summary>
public sealed record TimeoutsEntry
{
    /// <summary><c>request</c>: a request up to the head of its answer, all attempts; zero: none.</summary>
    public TimeSpan? Request { get; init; }

    /// <summary><c>attempt</c>: each attempt up to the head of its answer; zero: none.</summary>
    public TimeSpan? Attempt { get; init; }

    /// <summary><c>connect</c>: to connect to an instance.</summary>
    public TimeSpan? Connect { get; init; }

    /// <summary><c>idle</c>: a request on which nothing moves in either direction; zero: none.</summary>
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
            reader.Fail("connect", "is longer than request", "make timeouts.request the longer one");
        }

        if (IsAbove(entry.Attempt, entry.Request))
        {
            reader.Fail("attempt", "is longer than request, which ends all attempts", "make timeouts.request the longer one");
        }

        if (IsAbove(entry.Connect, entry.Attempt))
        {
            reader.Fail("connect", "is longer than attempt", "make timeouts.attempt the longer one");
        }

        return entry;
    }

    private static bool IsAbove(TimeSpan? part, TimeSpan? whole) => whole > TimeSpan.Zero && part > whole;
}
