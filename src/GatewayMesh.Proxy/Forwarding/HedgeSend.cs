using System.Diagnostics;
using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Grpc;
using GatewayMesh.Proxy.Limits;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.Upstreams;

namespace GatewayMesh.Proxy.Forwarding;

/// <summary>One of the requests that race for a response.</summary>
internal sealed class HedgeSend
{
    private const string GrpcStatusField = "grpc-status";

    private readonly CancellationTokenSource _end;

    public HedgeSend(
        Hop hop, AttemptPass pass, HttpRequestMessage request, bool isHedge, Activity? span, CancellationToken cancellationToken)
    {
        Hop = hop;
        Pass = pass;
        IsHedge = isHedge;
        Span = span;
        _end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Answer = hop.Upstream.Invoker.SendAsync(request, _end.Token);
    }

    /// <summary>Target of this request.</summary>
    public Hop Hop { get; }

    /// <summary>Permits of this request under the limits of its service.</summary>
    public AttemptPass Pass { get; }

    /// <summary>True if this request was started in addition to another.</summary>
    public bool IsHedge { get; }

    /// <summary>Span of this send; null if tracing is off.</summary>
    public Activity? Span { get; }

    /// <summary>Head of the response.</summary>
    public Task<HttpResponseMessage> Answer { get; }

    /// <summary>Hands the response to the forwarder, which now owns its resources.</summary>
    public void Adopt() => _end.Dispose();

    /// <summary>
    /// Cancels a losing request and releases its resources when it has ended. A canceled request is no evidence about its instance, except
    /// for the first one of an attempt that timed out.
    /// </summary>
    /// <param name="isTimedOut">True if the time of the attempt has passed.</param>
    public async Task AbandonAsync(bool isTimedOut)
    {
        var outcome = Answer switch
        {
            { IsCanceled: true } => isTimedOut && !IsHedge ? EndpointOutcome.Failed : EndpointOutcome.Cancelled,
            { IsCompleted: true } => EndpointOutcome.Failed,
            _ => EndpointOutcome.Cancelled,
        };
        var (status, call, isAddressRefused) = (0, GrpcStatus.None, false);
        try
        {
            await _end.CancelAsync().ConfigureAwait(false);
            using var answer = await Answer.ConfigureAwait(false);
            if (outcome != EndpointOutcome.Cancelled)
            {
                call = answer.Headers.NonValidated.TryGetValues(GrpcStatusField, out var read) ? GrpcStatus.Read(read.ToString()) : call;
                outcome = OutcomeOf(answer, status = (int)answer.StatusCode, call);
            }
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or OperationCanceledException)
        {
            var connect = ConnectFailedException.In(failure);
            isAddressRefused = connect?.Failure == ConnectFailure.AddressRefused;
            outcome = connect is not null ? EndpointEvidence.OfAttempt(ForwardingErrors.OfConnect(connect))
                : TlsAlert.In(failure) is not null ? EndpointEvidence.Of(MeshErrorKind.CertificateRefused)
                : outcome;
        }
        finally
        {
            _end.Dispose();
            Pass.EndLost(outcome, status, call);
            Hop.Lease.End(isAddressRefused ? EndpointOutcome.ConnectFailed : outcome); // as AttemptSender: others are tried
            Hop.Upstream.Release();
        }
    }

    // Mirrors the forwarder's own judgment.
    private static EndpointOutcome OutcomeOf(HttpResponseMessage answer, int status, int call) =>
        answer.Headers.NonValidated.TryGetValues(ProxyStatus.FieldName, out var line)
            && ProxyStatus.TryRead(line.ToString(), out var error)
            ? EndpointEvidence.Of(error.Kind)
            : EndpointEvidence.OfAnswer(status, call);
}
