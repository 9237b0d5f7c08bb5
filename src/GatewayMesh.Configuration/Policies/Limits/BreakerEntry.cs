using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Policies.Limits;

/// <summary>Declared <c>limits.breaker</c> of a service-policy; a null value is inherited.</summary>
public sealed record BreakerEntry
{
    /// <summary><c>enabled</c>: true to use a circuit breaker.</summary>
    public bool? Enabled { get; init; }

    /// <summary><c>failures</c>: attempts that count as failures.</summary>
    public BreakerFailures? Failures { get; init; }

    /// <summary><c>failureRatio</c>: share of failures at which the breaker opens.</summary>
    public double? FailureRatio { get; init; }

    /// <summary><c>minimumRequests</c>: minimum number of attempts in the window for the breaker to open.</summary>
    public int? MinimumRequests { get; init; }

    /// <summary><c>window</c>: sliding window of attempts.</summary>
    public TimeSpan? Window { get; init; }

    /// <summary><c>openFor</c>: time that the breaker stays open before a trial request.</summary>
    public TimeSpan? OpenFor { get; init; }

    internal static BreakerEntry Bind(MappingReader reader)
    {
        var entry = new BreakerEntry
        {
            Enabled = reader.OrNull("enabled", ScalarTypes.Flag),
            Failures = reader.OrNull(
                "failures",
                ScalarTypes.Word<BreakerFailures>([("gateway-error", BreakerFailures.GatewayError), ("5xx", BreakerFailures.ServerError)])),
            FailureRatio = reader.OrNull("failureRatio", ScalarTypes.Percent),
            MinimumRequests = reader.OrNull("minimumRequests", ScalarTypes.Number(2, 1_000_000)),
            Window = reader.OrNull("window", ScalarTypes.Duration),
            OpenFor = reader.OrNull("openFor", ScalarTypes.Duration),
        };
        if (entry.FailureRatio == 0)
        {
            reader.Fail(
                "failureRatio",
                "is 0%, which keeps the breaker open at all times",
                "use a percentage above 0% such as 50%, or set enabled: false");
        }

        if (entry.Window < BreakerModel.ShortestWindow)
        {
            reader.Fail("window", "is shorter than 100ms", "use 100ms or more, such as 10s");
        }

        if (entry.Enabled == false && (entry.FailureRatio ?? entry.MinimumRequests) is not null)
        {
            reader.Fail("enabled", "is false but other keys of the breaker are set", "set enabled: true, or remove the other keys");
        }

        return entry;
    }
}
