using GatewayMesh.Configuration.Policies.Limits;
using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Grpc;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.Pipeline;

namespace GatewayMesh.Proxy.Limits;

/// <summary>Evaluates attempts for a circuit breaker.</summary>
internal static class BreakerEvidence
{
    private const int Unknown = 2;
    private const int DeadlineExceeded = 4;
    private const int Internal = 13;
    private const int Unavailable = 14;
    private const int DataLoss = 15;

    /// <summary>
    /// Returns true for a failure, false for a success, null for neither: the client disconnected, or the callee was only out of capacity.
    /// </summary>
    public static bool? Of(Exchange exchange, in MeshError error, BreakerFailures failures) =>
        (
            error.IsError && !exchange.Attempt.IsDropped
                ? EndpointEvidence.OfAttempt(error)
                : EndpointEvidence.Of(exchange.Attempt.Answered.Kind)) switch
        {
            EndpointOutcome.Cancelled => null,
            EndpointOutcome.ConnectFailed or EndpointOutcome.Failed => true,
            _ when error.IsError => false, // the mesh refused the attempt for a reason that is not a failure of the service
            _ => IsFailure(exchange.Attempt.Status, exchange.Attempt.GrpcStatus, failures),
        };

    /// <summary>Returns the same for a send that lost against another.</summary>
    /// <param name="outcome">Evidence of the send.</param>
    /// <param name="status">HTTP status of its response; 0 if there was none.</param>
    /// <param name="call">gRPC status of its response; <see cref="GrpcStatus.None"/> if there was none.</param>
    /// <param name="failures">Failures that the policy counts.</param>
    public static bool? OfLost(EndpointOutcome outcome, int status, int call, BreakerFailures failures) => outcome switch
    {
        EndpointOutcome.Cancelled => null,
        EndpointOutcome.ConnectFailed or EndpointOutcome.Failed => true,
        _ => IsFailure(status, call, failures),
    };

    /// <summary>True if a response counts as a failure.</summary>
    /// <param name="status">HTTP status of the response.</param>
    /// <param name="call">gRPC status of the response; <see cref="GrpcStatus.None"/> if there is none.</param>
    /// <param name="failures">Failures that the policy counts.</param>
    public static bool IsFailure(int status, int call, BreakerFailures failures) => failures == BreakerFailures.ServerError
        ? status >= 500 || call is Unknown or DeadlineExceeded or Internal or Unavailable or DataLoss
        : status is 502 or 503 or 504 || call == Unavailable;
}
