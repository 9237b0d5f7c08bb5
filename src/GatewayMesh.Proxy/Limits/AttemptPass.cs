using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Pipeline;
using GatewayMesh.Proxy.Upstreams;

namespace GatewayMesh.Proxy.Limits;

/// <summary>
/// Holdings of one attempt under the limits of its service: a connection, and a pass of the circuit breaker. A value type, so that
/// concurrent attempts each have their own. Begin, wait if required, end exactly once:
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
        if (!exchange.Behavior.LimitsCalls || exchange.Mesh.Limits.Find(exchange.Attempt.Hop.Lease.Endpoint.Service) is not { } service)
        {
            return MeshError.None;
        }

        _service = service;
        if (service.Breaker is { } breaker && !breaker.TryEnter(out _breaker))
        {
            service.Refusals.Count(service.Service, LimitKind.Breaker, exchange.Criticality);
            return new MeshError(MeshErrorKind.CircuitOpen) { RetryAfter = breaker.OpenFor };
        }

        if (exchange.Attempt.Hop.Upstream.Key.Protocol != WireProtocol.Http1)
        {
            return MeshError.None;
        }

        _holdsConnection = service.Http1.TryTake();
        if (_holdsConnection)
        {
            return MeshError.None;
        }

        _wait = service.Http1.TryWaitAsync(service.Model.MaxPendingRequests, exchange.CutOff, exchange.Response.Aborted);
        if (_wait is not null)
        {
            return MeshError.None;
        }

        service.Refusals.Count(service.Service, LimitKind.Pending, exchange.Criticality);
        return new MeshError(MeshErrorKind.LimitReached, Forwarded: false, "connections");
    }

    /// <summary>Waits for the connection. Returns an error if no connection becomes free in time.</summary>
    public readonly async Task<MeshError> WaitAsync(Exchange exchange) =>
        await _wait!.ConfigureAwait(false) ? MeshError.None
        : exchange.Response.Aborted.IsCancellationRequested ? new MeshError(MeshErrorKind.ClientGone)
        : new MeshError(MeshErrorKind.DeadlineExceeded, Forwarded: false, "waited for a connection");

    /// <summary>Ends the attempt, regardless of its progress.</summary>
    public readonly void End(Exchange exchange, in MeshError error)
    {
        if (_holdsConnection || _wait is { IsCompletedSuccessfully: true, Result: true })
        {
            _service!.Http1.Release();
        }

        if (_breaker.IsSet)
        {
            _breaker.End(BreakerEvidence.Of(exchange, error, _breaker.Breaker.Model.Failures));
        }
    }
}
