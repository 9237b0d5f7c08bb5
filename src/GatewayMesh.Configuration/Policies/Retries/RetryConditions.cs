using System.Collections.Immutable;
using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Policies.Retries;

/// <summary>Configuration names of <see cref="RetryCondition"/>.</summary>
public static class RetryConditions
{
    /// <summary>Default conditions.</summary>
    public static ImmutableArray<RetryCondition> Default { get; } =
        [RetryCondition.NotForwarded, RetryCondition.ConnectFailure, RetryCondition.RefusedStream, RetryCondition.Reset];

    /// <summary>All names with their values.</summary>
    public static ImmutableArray<(string Word, RetryCondition Value)> Words { get; } =
    [
        ("not-forwarded", RetryCondition.NotForwarded),
        ("connect-failure", RetryCondition.ConnectFailure),
        ("refused-stream", RetryCondition.RefusedStream),
        ("reset", RetryCondition.Reset),
        ("gateway-error", RetryCondition.GatewayError),
        ("5xx", RetryCondition.ServerError),
        ("retriable-4xx", RetryCondition.Retriable4xx),
        ("retriable-status-codes", RetryCondition.StatusCodes),
        ("cancelled", RetryCondition.Cancelled),
        ("deadline-exceeded", RetryCondition.DeadlineExceeded),
        ("internal", RetryCondition.Internal),
        ("resource-exhausted", RetryCondition.ResourceExhausted),
        ("unavailable", RetryCondition.Unavailable),
    ];

    internal static ScalarType<RetryCondition> Type { get; } = ScalarTypes.Word(Words);
}
