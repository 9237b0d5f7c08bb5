using GatewayMesh.Configuration.Policies.Limits;
using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Grpc;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.Pipeline;

namespace GatewayMesh.Proxy.Limits;

/// <summary>What an attempt shows a circuit breaker.</summary>
internal static class BreakerEvidence
{
    private const int Unknown = 2;
    private const int DeadlineExceeded = 4;
    private const int Internal = 13;
    private const int Unavailable = 14;
    private const int DataLoss = 15;

    /// <summary>True for a failure, false for a success, null for neither: the client went away, or the callee only had no room.</summary>
    public static bool? Of(Exchange exchange, in MeshError error, BreakerFailures failures) =>
        (error.IsError && !exchange.Dropped ? EndpointEvidence.OfAttempt(error) : EndpointEvidence.Of(exchange.Answered.Kind)) switch
        {
            EndpointOutcome.Cancelled => null,
            EndpointOutcome.ConnectFailed or EndpointOutcome.Failed => true,
            _ when error.IsError => false, // the mesh refused it with a reason that is no failure of the service
            _ => IsFailure(exchange.AnswerStatus, exchange.CallStatus, failures),
        };

    /// <summary>Whether an answer counts as a failure.</summary>
    /// <param name="status">Its HTTP status.</param>
    /// <param name="call">Its gRPC status; <see cref="GrpcStatus.None"/> where it has none.</param>
    /// <param name="failures">What the policy counts.</param>
    public static bool IsFailure(int status, int call, BreakerFailures failures) => failures == BreakerFailures.ServerError
        ? status >= 500 || call is Unknown or DeadlineExceeded or Internal or Unavailable or DataLoss
        : status is 502 or 503 or 504 || call == Unavailable;
}
