using GatewayMesh.Proxy.Hedging;
using GatewayMesh.Proxy.Messages;
using GatewayMesh.Proxy.Pipeline;
using GatewayMesh.Proxy.Tracing;
using GatewayMesh.Proxy.Upstreams;

namespace GatewayMesh.Proxy.Forwarding;

/// <summary>
/// Sends one attempt with its hedge (<see cref="Hedge"/>), between the forwarder and the instances' connections: the forwarder sees one
/// request and one response.
/// </summary>
internal sealed class HedgedInvoker(Exchange exchange, Hedge hedge) : HttpMessageInvoker(NoHandler.Instance, disposeHandler: false)
{
    /// <inheritdoc/>
    public override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var time = exchange.Time;
        var delay = hedge.Delay;
        var begun = time.GetTimestamp();
        var sends = new List<HedgeSend>(2)
        {
            new(exchange.Attempt.Hop, exchange.Attempt.Pass, request, isHedge: false, exchange.Trace?.Current, cancellationToken),
        };
        var failed = new List<HedgeSend>(0);
        var mayHedge = delay is not null;
        while (sends.Count > 0)
        {
            var first = await FirstAsync(sends, mayHedge ? delay!.Value : Timeout.InfiniteTimeSpan).ConfigureAwait(false);
            if (first is null)
            {
                mayHedge = TryHedge(request, sends, cancellationToken) && sends.Count + failed.Count <= hedge.Max;
            }
            else if (first.Answer.IsCompletedSuccessfully && IsGood(first, await first.Answer.ConfigureAwait(false)))
            {
                hedge.Answered(time.GetElapsedTime(begun));
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
        var wait = Task.Delay(delay, exchange.Time, end.Token);
        var first = await Task.WhenAny(sends.Select(send => (Task)send.Answer).Append(wait)).ConfigureAwait(false);
        await end.CancelAsync().ConfigureAwait(false);
        return sends.Find(send => send.Answer == first);
    }

    private bool TryHedge(HttpRequestMessage request, List<HedgeSend> sends, CancellationToken cancellationToken)
    {
        if (!hedge.TryNext(request.Content is not null, out var hop, out var pass))
        {
            return false;
        }

        var span = exchange.Trace?.BeginAttempt(exchange, hop);

        // The head is written again for the hedge's own instance and attempt number.
        var isHttp2 = hop.Upstream.Key.Protocol == WireProtocol.Http2;
        var copy = new HttpRequestMessage(request.Method, default(Uri))
        {
            Version = isHttp2 ? System.Net.HttpVersion.Version20 : System.Net.HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = request.Content is null ? null : new ByteArrayContent(exchange.Replay.ToArray()),
        };
        var error = RequestMessage.Fill(exchange, hop, copy, new FieldTable());
        System.Diagnostics.Debug.Assert(!error.IsError, "the first send has written the same fields");
        sends.Add(new HedgeSend(hop, pass, copy, isHedge: true, span, cancellationToken));
        return true;
    }

    private Task<HttpResponseMessage> TakeAsync(HedgeSend taken, IEnumerable<HedgeSend> others)
    {
        foreach (var other in others)
        {
            if (other.IsHedge)
            {
                hedge.Count(HedgeOutcome.Lost);
            }

            RequestTrace.Abandon(exchange, other.Span);
            _ = other.AbandonAsync(exchange.IsAttemptOutOfTime);
        }

        if (taken.IsHedge)
        {
            hedge.Count(HedgeOutcome.Won);
        }

        (exchange.Attempt.Hop, exchange.Attempt.Pass) = (taken.Hop, taken.Pass);
        exchange.Trace?.Take(taken.Span);
        taken.Adopt();
        return taken.Answer;
    }

    private bool IsGood(HedgeSend send, HttpResponseMessage answer)
    {
        var head = new ResponseHead();
        MessageFields.Read(answer, head);
        return hedge.IsGood(send.Hop, head);
    }

    // The base class requires a handler; the instances' own invokers are used instead.
    private sealed class NoHandler : HttpMessageHandler
    {
        public static NoHandler Instance { get; } = new();

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }
}
