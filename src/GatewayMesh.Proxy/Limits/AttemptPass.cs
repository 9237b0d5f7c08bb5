using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Forwarding;
using GatewayMesh.Proxy.Grpc;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.Pipeline;
using GatewayMesh.Proxy.Upstreams;

namespace GatewayMesh.Proxy.Limits;

/// <summary>
/// Permits of one send under the limits of its service: a connection, and a pass of the circuit breaker. A value type, so that concurrent
/// sends, an attempt and its hedges, each have their own. Begin, wait if required, end exactly once:
/// <code>
/// breaker open? ──► circuit_open        connection free? ──no──► queue full? ──► limit_reached
///                                                                    └─ wait, no longer than the request's own time
/// </code>
/// </summary>
internal struct AttemptPass
{
    private ServiceLimits? _service;
    private BreakerPass _breaker;
    private Task<bool>? _wait;
    private bool _holdsConnection;

    /// <summary>True if the attempt must wait for a connection before it starts.</summary>
    public readonly bool MustWait => _wait is not null;

    /// <summary>
    /// Begins an attempt at the instance of the current hop. After an error the attempt must not start, and nothing was
    /// forwarded.
    /// </summary>
    public MeshError Begin(Exchange exchange)
    {
        if (TryBegin(exchange, exchange.Attempt.Hop, out var error) || error.IsError)
        {
            return error;
        }

        var service = _service!;
        _wait = service.Http1.TryWaitAsync(service.Model.MaxPendingRequests, exchange.CutOff, exchange.Response.Aborted);
        if (_wait is not null)
        {
            return MeshError.None;
        }

        service.Refusals.Count(service.Service, LimitKind.Pending, exchange.Criticality);
        return new MeshError(MeshErrorKind.LimitReached, Forwarded: false, "connections");
    }

    /// <summary>Begins a hedge, which never waits. False: the hedge must not start.</summary>
    public bool TryBeginHedge(Exchange exchange, in Hop hop)
    {
        if (TryBegin(exchange, hop, out var error))
        {
            return true;
        }

        if (!error.IsError)
        {
            _service!.Refusals.Count(_service.Service, LimitKind.Connections, exchange.Criticality);
        }

        EndUnused();
        return false;
    }

    /// <summary>Waits for the connection. Returns an error if no connection becomes free in time.</summary>
    public readonly async Task<MeshError> WaitAsync(Exchange exchange) =>
        await _wait!.ConfigureAwait(false) ? MeshError.None
        : exchange.Response.Aborted.IsCancellationRequested ? new MeshError(MeshErrorKind.ClientGone)
        : new MeshError(MeshErrorKind.DeadlineExceeded, Forwarded: false, "waited for a connection");

    /// <summary>Ends the attempt, regardless of its progress.</summary>
    public readonly void End(Exchange exchange, in MeshError error)
    {
        ReturnConnection();
        if (_breaker.IsSet)
        {
            _breaker.End(BreakerEvidence.Of(exchange, error, _breaker.Breaker.Model.Failures));
        }
    }

    /// <summary>Ends a send that lost against another.</summary>
    /// <param name="outcome">Evidence of the send; <see cref="EndpointOutcome.Cancelled"/> if it was canceled before its end.</param>
    /// <param name="status">HTTP status of its response; 0 if there was none.</param>
    /// <param name="call">gRPC status of its response; <see cref="GrpcStatus.None"/> if there was none.</param>
    public readonly void EndLost(EndpointOutcome outcome, int status, int call)
    {
        ReturnConnection();
        if (_breaker.IsSet)
        {
            _breaker.End(BreakerEvidence.OfLost(outcome, status, call, _breaker.Breaker.Model.Failures));
        }
    }

    /// <summary>Ends a send that did not start.</summary>
    public readonly void EndUnused()
    {
        ReturnConnection();
        _breaker.End(failed: null);
    }

    private readonly void ReturnConnection()
    {
        if (_holdsConnection || _wait is { IsCompletedSuccessfully: true, Result: true })
        {
            _service!.Http1.Release();
        }
    }

    // False without an error: no connection is free.
    private bool TryBegin(Exchange exchange, in Hop hop, out MeshError error)
    {
        error = MeshError.None;
        if (!exchange.Behavior.LimitsCalls || exchange.Mesh.Limits.Find(hop.Lease.Endpoint.Service) is not { } service)
        {
            return true;
        }

        _service = service;
        if (service.Breaker is { } breaker && !breaker.TryEnter(out _breaker))
        {
            service.Refusals.Count(service.Service, LimitKind.Breaker, exchange.Criticality);
            error = new MeshError(MeshErrorKind.CircuitOpen) { RetryAfter = breaker.OpenFor };
            return false;
        }

        _holdsConnection = hop.Upstream.Key.Protocol == WireProtocol.Http1 && service.Http1.TryTake();
        return _holdsConnection || hop.Upstream.Key.Protocol != WireProtocol.Http1;
    }
}
