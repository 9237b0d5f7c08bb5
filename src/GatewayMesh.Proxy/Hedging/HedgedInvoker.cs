using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Forwarding;
using GatewayMesh.Proxy.Grpc;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.Pipeline;
using GatewayMesh.Proxy.Resilience;
using GatewayMesh.Proxy.Routing;
using GatewayMesh.Proxy.Upstreams;

namespace GatewayMesh.Proxy.Hedging;

/// <summary>
/// Sends one attempt with hedging between the forwarder and the instances' connections:
/// <code>
/// forwarder ──► the selected instance ────────────────── head? ──┐
///                 └─ nothing after the delay ──► another ── head? ──┴─► the first good response; the others are canceled
/// </code>
/// The client therefore always receives exactly one response. The attempt's and the request's timers cover all of the sends.
/// </summary>
internal sealed class HedgedInvoker(
    AttemptLoop loop, Exchange exchange, EndpointSet instances, TargetKind target, LatencyWindow latencies, TimeProvider time)
    : HttpMessageInvoker(NoHandler.Instance, disposeHandler: false)
{
    /// <inheritdoc/>
    public override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var hedging = exchange.Route.Policy.Hedging;
        var delay = hedging.Delay ?? (hedging.Quantile is { } share ? latencies.Quantile(share) : null);
        var begun = time.GetTimestamp();
        var sends = new List<HedgeSend>(2) { new(exchange.Hop, request, isHedge: false, cancellationToken) };
        var failed = new List<HedgeSend>(0);
        var mayHedge = delay is not null;
        while (sends.Count > 0)
        {
            var first = await FirstAsync(sends, mayHedge ? delay!.Value : Timeout.InfiniteTimeSpan).ConfigureAwait(false);
            if (first is null)
            {
                mayHedge = TryHedge(request, sends, cancellationToken) && sends.Count + failed.Count <= hedging.MaxHedges;
            }
            else if (first.Answer.IsCompletedSuccessfully && IsGood(first.Hop, await first.Answer.ConfigureAwait(false)))
            {
                // Measured from the first request, so a request that a hedge saved counts as slow.
                latencies.Add(time.GetElapsedTime(begun));
                sends.Remove(first);
                return await TakeAsync(first, sends.Concat(failed)).ConfigureAwait(false);
            }
            else
            {
                sends.Remove(first);
                failed.Add(first);
            }
        }

        // A response is better than no response, and a request that may have reached an application is better than one that did not.
        var best = failed.Find(send => send.Answer.IsCompletedSuccessfully)
            ?? failed.Find(send => ConnectFailedException.In(send.Answer.Exception) is null)
            ?? failed[0];
        failed.Remove(best);
        return await TakeAsync(best, failed).ConfigureAwait(false);
    }

    // Null if the delay passed first.
    private async Task<HedgeSend?> FirstAsync(List<HedgeSend> sends, TimeSpan delay)
    {
        if (sends.Find(send => send.Answer.IsCompleted) is { } there)
        {
            return there;
        }

        using var end = new CancellationTokenSource();
        var wait = Task.Delay(delay, time, end.Token);
        var first = await Task.WhenAny(sends.Select(send => (Task)send.Answer).Append(wait)).ConfigureAwait(false);
        await end.CancelAsync().ConfigureAwait(false);
        return sends.Find(send => send.Answer == first);
    }

    private bool TryHedge(HttpRequestMessage request, List<HedgeSend> sends, CancellationToken cancellationToken)
    {
        if (request.Content is not null && !exchange.Replay.IsWhole)
        {
            loop.CountHedge(HedgeOutcome.Refused);
            return false;
        }

        var before = exchange.Hop;
        if (!loop.TryHedge(exchange, instances, target, out var hop))
        {
            return false;
        }

        // The head is written again for the hedge's own instance and attempt number.
        var isHttp2 = hop.Upstream.Key.Protocol == WireProtocol.Http2;
        var copy = new HttpRequestMessage(request.Method, default(Uri))
        {
            Version = isHttp2 ? System.Net.HttpVersion.Version20 : System.Net.HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = request.Content is null ? null : new ByteArrayContent(exchange.Replay.ToArray()),
        };
        exchange.Hop = hop;
        var transformed = exchange.Transformer.TransformRequestAsync(exchange.Http, copy, hop.Upstream.Prefix, cancellationToken);
        exchange.Hop = before;
        System.Diagnostics.Debug.Assert(transformed.IsCompletedSuccessfully, "the head is written at once");
        sends.Add(new HedgeSend(hop, copy, isHedge: true, cancellationToken));
        return true;
    }

    private Task<HttpResponseMessage> TakeAsync(HedgeSend taken, IEnumerable<HedgeSend> others)
    {
        foreach (var other in others)
        {
            if (other.IsHedge)
            {
                loop.CountHedge(HedgeOutcome.Lost);
            }

            _ = other.AbandonAsync();
        }

        if (taken.IsHedge)
        {
            loop.CountHedge(HedgeOutcome.Won);
        }

        exchange.Hop = taken.Hop;
        taken.Adopt();
        return taken.Answer;
    }

    private bool IsGood(in Hop hop, HttpResponseMessage answer)
    {
        var retries = exchange.Route.Policy.Retries;
        return (int)answer.StatusCode < 500 && !RetryTriggers.NamesStatus(retries, (int)answer.StatusCode)
            && !(hop.Kind == TargetKind.MeshPeer && answer.Headers.NonValidated.Contains(ProxyStatus.FieldName))
            && !(exchange.IsGrpc
                && answer.Headers.NonValidated.TryGetValues(GrpcFields.Status, out var status)
                && RetryTriggers.NamesGrpc(retries, GrpcStatus.Read(status.ToString())));
    }

    // The base class requires a handler; the instances' own invokers are used instead.
    private sealed class NoHandler : HttpMessageHandler
    {
        public static NoHandler Instance { get; } = new();

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }
}
