using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Forwarding;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.Upstreams;

namespace GatewayMesh.Proxy.Hedging;

/// <summary>One of the requests that race for an answer.</summary>
internal sealed class HedgeSend
{
    private readonly CancellationTokenSource _end;

    public HedgeSend(Hop hop, HttpRequestMessage request, bool isHedge, CancellationToken cancellationToken)
    {
        Hop = hop;
        IsHedge = isHedge;
        _end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Answer = hop.Upstream.Invoker.SendAsync(request, _end.Token);
    }

    /// <summary>Where it went.</summary>
    public Hop Hop { get; }

    /// <summary>It was begun beside another.</summary>
    public bool IsHedge { get; }

    /// <summary>The head of its answer.</summary>
    public Task<HttpResponseMessage> Answer { get; }

    /// <summary>Its answer is taken: what is held for it is the forwarder's from now on.</summary>
    public void Adopt() => _end.Dispose();

    /// <summary>It lost: it is ended, and what was held for it is given back when that is done.</summary>
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

    // As the forwarder would have judged it.
    private static EndpointOutcome OutcomeOf(HttpResponseMessage answer) =>
        answer.Headers.NonValidated.TryGetValues(ProxyStatus.FieldName, out var status) && ProxyStatus.TryRead(status.ToString(), out var error)
            ? EndpointEvidence.Of(error.Kind)
            : EndpointEvidence.OfAnswer((int)answer.StatusCode);
}
