using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Grpc;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.Messages;
using GatewayMesh.Proxy.Pipeline;
using GatewayMesh.Proxy.Resilience;
using GatewayMesh.Proxy.Routing;

namespace GatewayMesh.Proxy.Forwarding;

/// <summary>
/// Evaluates a response when its head arrives: evidence about the instance, and whether the client receives the response.
/// </summary>
internal static class ReceivedResponse
{
    /// <summary>Records the head in the current attempt and decides about the response.</summary>
    public static ResponseFate Receive(Exchange exchange, ResponseHead head)
    {
        ref var attempt = ref exchange.Attempt;
        exchange.AnswerHeadArrived();
        if (ResponseCheck.FaultOf(head) is { } fault)
        {
            return Drop(exchange, new MeshError(MeshErrorKind.UpstreamProtocol, Forwarded: true, fault));
        }

        if (attempt.Hop.Kind == TargetKind.MeshPeer
            && head.Fields[KnownField.ProxyStatus] is { Count: > 0 } status
            && ProxyStatus.TryRead(status, out var error))
        {
            attempt.Answered = error;
            if (exchange.MayDrop?.Invoke(exchange, error, head) == true)
            {
                return Drop(exchange, error);
            }

            if (exchange.Behavior.AtTheEdge)
            {
                return Withhold(exchange, head, error);
            }
        }

        ReadGrpcStatus(exchange, head.Fields);
        if (!attempt.Answered.IsError)
        {
            attempt.Status = head.Status;
            // A mesh refusal is not a response: refusals are fast and would attract traffic.
            attempt.Hop.Lease.Answered(exchange.WorkSince);
            if (HeadShows(exchange) is (EndpointOutcome.Success or EndpointOutcome.Alive) and var shown)
            {
                // Now, not at the end: a long stream as the trial request must not keep the instance ejected.
                attempt.Hop.Lease.Report(shown);
            }

            if (exchange.MayDrop?.Invoke(exchange, MeshError.None, head) == true)
            {
                return Drop(exchange, MeshError.None);
            }
        }

        return ResponseFate.Pass;
    }

    /// <summary>
    /// Decides again about a passed head whose stream ended without a message: its trailers have the status of the call.
    /// </summary>
    public static ResponseFate ReceiveEmpty(Exchange exchange, ResponseHead head, FieldTable trailers)
    {
        ReadGrpcStatus(exchange, trailers);
        return exchange.MayDrop?.Invoke(exchange, MeshError.None, head) == true ? Drop(exchange, MeshError.None) : ResponseFate.Pass;
    }

    /// <summary>Reads the status of a gRPC call from a head or trailers.</summary>
    public static void ReadGrpcStatus(Exchange exchange, FieldTable fields)
    {
        if (exchange.IsGrpc && fields[KnownField.GrpcStatus] is [{ } status, ..])
        {
            exchange.Attempt.GrpcStatus = GrpcStatus.Read(status);
        }
    }

    // A gateway that passes on an application's error is itself healthy.
    private static EndpointOutcome HeadShows(Exchange exchange)
    {
        ref readonly var attempt = ref exchange.Attempt;
        if (attempt.Hop.Destination is not null)
        {
            return EndpointOutcome.Success;
        }

        var shown = EndpointEvidence.OfAnswer(attempt.Status, attempt.GrpcStatus);
        return shown == EndpointOutcome.Success && exchange.IsGrpc && attempt.GrpcStatus == GrpcStatus.None
            ? EndpointOutcome.Alive
            : shown;
    }

    // The body, details, and fields of the error name nodes, services, and addresses. The status tells which of the kinds with the same
    // error type this was.
    private static ResponseFate Withhold(Exchange exchange, ResponseHead head, in MeshError error)
    {
        var isCall = exchange.IsGrpc && head.Fields.Contains(KnownField.GrpcStatus);
        ReadGrpcStatus(exchange, head.Fields);
        exchange.Attempt.Answered = error with
        {
            Kind = ErrorTable.KindOf(error.Row.ProxyError, head.Status, isCall ? exchange.Attempt.GrpcStatus : GrpcStatus.None),
            RetryAfter = RetryAfterField.Of(head, exchange.Time),
        };
        exchange.Attempt.IsWithheld = true;
        return ResponseFate.Withhold;
    }

    private static ResponseFate Drop(Exchange exchange, in MeshError error)
    {
        exchange.Attempt.Answered = error;
        exchange.Attempt.IsDropped = true;
        return ResponseFate.Drop;
    }
}
