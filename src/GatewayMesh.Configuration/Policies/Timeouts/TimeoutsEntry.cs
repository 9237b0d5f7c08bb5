using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Policies.Timeouts;

/// <summary><c>timeouts</c> of a service-policy, as declared; what is null falls to the policy beneath.</summary>
public sealed record TimeoutsEntry
{
    /// <summary><c>request</c>: a request up to the head of its answer, all attempts.</summary>
    public TimeSpan? Request { get; init; }

    /// <summary><c>connect</c>: to connect to an instance.</summary>
    public TimeSpan? Connect { get; init; }

    internal static TimeoutsEntry Bind(MappingReader reader)
    {
        var entry = new TimeoutsEntry
        {
            Request = reader.OrNull("request", ScalarTypes.Duration),
            Connect = reader.OrNull("connect", ScalarTypes.Duration),
        };
        if (entry.Connect > entry.Request)
        {
            reader.Fail("connect", "is longer than request", "make timeouts.request the longer one");
        }

        return entry;
    }
}
