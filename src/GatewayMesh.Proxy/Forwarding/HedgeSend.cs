using System.Diagnostics;
using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.Upstreams;

namespace GatewayMesh.Proxy.Forwarding;

/// <summary>One of the requests that race for a response.</summary>
internal sealed class HedgeSend
{
    private readonly CancellationTokenSource _end;

    public HedgeSend(Hop hop, HttpRequestMessage request, bool isHedge, Activity? span, CancellationToken cancellationToken)
    {
        Hop = hop;
        IsHedge = isHedge;
        Span = span;
        _end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Answer = hop.Upstream.Invoker.SendAsync(request, _end.Token);
    }

    /// <summary>Target of this request.</summary>
    public Hop Hop { get; }

    /// <summary>True if this request was started in addition to another.</summary>
    public bool IsHedge { get; }

    /// <summary>Span of this send; null if tracing is off.</summary>
    public Activity? Span { get; }

    /// <summary>Head of the response.</summary>
    public Task<HttpResponseMessage> Answer { get; }

    /// <summary>Hands the response to the forwarder, which now owns its resources.</summary>
    public void Adopt() => _end.Dispose();

    /// <summary>Cancels a losing request and releases its resources when it has ended.</summary>
    public async Task AbandonAsync()
    {
        var outcome = Answer.IsCompleted ? EndpointOutcome.Failed : EndpointOutcome.Cancelled;
        try
        {
            await _end.CancelAsync().ConfigureAwait(false);
            using var answer = await Answer.ConfigureAwait(false);
            outcome = outcome == EndpointOutcome.Cancelled ? outcome : OutcomeOf(answer);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or OperationCanceledException)
        {
            outcome = ConnectFailedException.In(failure) is not null ? EndpointOutcome.ConnectFailed : outcome;
        }
        finally
        {
            _end.Dispose();
            Hop.Lease.End(outcome);
            Hop.Upstream.Release();
        }
    }

    // Mirrors the forwarder's own judgment.
    private static EndpointOutcome OutcomeOf(HttpResponseMessage answer) =>
        answer.Headers.NonValidated.TryGetValues(ProxyStatus.FieldName, out var status)
            && ProxyStatus.TryRead(status.ToString(), out var error)
            ? EndpointEvidence.Of(error.Kind)
            : EndpointEvidence.OfAnswer((int)answer.StatusCode);
}
