using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Policies.Limits;

/// <summary><c>limits.breaker</c> of a service-policy, as declared; what is null falls to the policy beneath.</summary>
public sealed record BreakerEntry
{
    /// <summary><c>enabled</c>: whether there is one.</summary>
    public bool? Enabled { get; init; }

    /// <summary><c>failures</c>: what counts as a failure.</summary>
    public BreakerFailures? Failures { get; init; }

    /// <summary><c>failureRatio</c>: share of failures at which it opens.</summary>
    public double? FailureRatio { get; init; }

    /// <summary><c>minimumRequests</c>: attempts within the window below which it never opens.</summary>
    public int? MinimumRequests { get; init; }

    /// <summary><c>window</c>: how far back attempts count.</summary>
    public TimeSpan? Window { get; init; }

    /// <summary><c>openFor</c>: how long it stays open before one request tries.</summary>
    public TimeSpan? OpenFor { get; init; }

    internal static BreakerEntry Bind(MappingReader reader)
    {
        var entry = new BreakerEntry
        {
            Enabled = reader.OrNull("enabled", ScalarTypes.Flag),
            Failures = reader.OrNull("failures", ScalarTypes.Word<BreakerFailures>([("gateway-error", BreakerFailures.GatewayError), ("5xx", BreakerFailures.ServerError)])),
            FailureRatio = reader.OrNull("failureRatio", ScalarTypes.Percent),
            MinimumRequests = reader.OrNull("minimumRequests", ScalarTypes.Number(2, 1_000_000)),
            Window = reader.OrNull("window", ScalarTypes.Duration),
            OpenFor = reader.OrNull("openFor", ScalarTypes.Duration),
        };
        if (entry.FailureRatio == 0)
        {
            reader.Fail("failureRatio", "is 0%, at which a breaker is always open", "say a percentage above 0% such as 50%, or enabled: false");
        }

        if (entry.Window < BreakerModel.ShortestWindow)
        {
            reader.Fail("window", "is shorter than 100ms", "say 100ms or more such as 10s");
        }

        if (entry.Enabled == false && (entry.FailureRatio ?? entry.MinimumRequests) is not null)
        {
            reader.Fail("enabled", "is false beside keys that ask for a breaker", "say enabled: true, or leave the other keys out");
        }

        return entry;
    }
}
