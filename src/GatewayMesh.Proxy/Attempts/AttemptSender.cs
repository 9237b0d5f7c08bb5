using System.Runtime.CompilerServices;
using GatewayMesh.Proxy.Async;
using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Forwarding;
using GatewayMesh.Proxy.Hedging;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.Pipeline;
using GatewayMesh.Proxy.Upstreams;

namespace GatewayMesh.Proxy.Attempts;

/// <summary>Makes one attempt: takes its permits, forwards the request over the hop, and reports the outcome to load balancing.</summary>
/// <param name="forwarder">Sends the request.</param>
/// <param name="refused">Log of addresses that this node must not dial.</param>
internal sealed class AttemptSender(IForwarder forwarder, RefusedAddresses refused)
{
    /// <summary>
    /// Makes the attempt and returns its hop's lease and connections. Returns none if a response was passed on or dropped.
    /// </summary>
    [AsyncMethodBuilder(typeof(PooledMethodBuilder<>))]
    public async ValueTask<MeshError> SendAsync(Exchange exchange, Hop hop, Hedge? hedge = null)
    {
        var outcome = EndpointOutcome.Cancelled;
        var error = MeshError.None;
        try
        {
            exchange.StartAttempt(hop, hedge);
            exchange.Trace?.BeginAttempt(exchange, hop);
            error = exchange.Attempt.Pass.Begin(exchange);
            if (exchange.Attempt.Pass.MustWait)
            {
                error = await exchange.Attempt.Pass.WaitAsync(exchange).ConfigureAwait(false);
            }

            if (!error.IsError)
            {
                error = await forwarder.ForwardAsync(exchange).ConfigureAwait(false);
            }

            outcome = OutcomeOf(exchange, error);
            return error;
        }
        finally
        {
            exchange.Attempt.Pass.End(exchange, error); // that of the hedge if the hedge won, like the hop
            exchange.Trace?.EndAttempt(exchange, error);
            var taken = exchange.Attempt.Hop;
            taken.Lease.End(outcome, WaitedSince(exchange, error));
            taken.Upstream.Release();
        }
    }

    private EndpointOutcome OutcomeOf(Exchange exchange, in MeshError error)
    {
        ref readonly var attempt = ref exchange.Attempt;
        if (error.Kind == MeshErrorKind.AddressRefused && !attempt.Answered.IsError)
        {
            // The instance counts as unreachable so that others are tried; its service has not failed.
            var endpoint = attempt.Hop.Lease.Endpoint;
            refused.Log(endpoint, $"{endpoint.Address} resolves to an address that this node must not dial ({error.Details})");
            return EndpointOutcome.ConnectFailed;
        }

        return error.IsError && !attempt.IsDropped ? EndpointEvidence.OfAttempt(error)
            : attempt.Answered.IsError ? EndpointEvidence.Of(attempt.Answered.Kind)
            : attempt.Hop.Destination is not null ? EndpointOutcome.Success // a gateway that passes on an application's error is healthy
            : EndpointEvidence.OfAnswer(attempt.Status, attempt.GrpcStatus);
    }

    // 0: the instance has responded, or the wait was not for the instance.
    private static long WaitedSince(Exchange exchange, in MeshError error) =>
        exchange.Attempt.Status == 0 && error.Kind is MeshErrorKind.ClientGone or MeshErrorKind.DeadlineExceeded ? exchange.WorkSince : 0;
}
