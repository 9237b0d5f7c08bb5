using System.Diagnostics;
using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Forwarding;
using GatewayMesh.Proxy.Messages;
using GatewayMesh.Proxy.Pipeline;
using GatewayMesh.Proxy.Telemetry;

namespace GatewayMesh.Proxy.Tracing;

/// <summary>
/// Spans of one request at this hop: one for the request, one for each attempt. All are kept until the answer is known, so that a request
/// that fails is recorded even if it was not sampled.
/// </summary>
internal sealed class RequestTrace(RequestTracer tracer, Activity server)
{
    private readonly List<Activity> _attempts = new(1);
    private bool _hasFailedAttempt;

    /// <summary>Span of the attempt whose head is written next; null before the first attempt, and if the listener dropped it.</summary>
    public Activity? Current { get; private set; }

    /// <summary>Starts the span of an attempt and writes it into the fields of the request as the parent for the next hop.</summary>
    /// <param name="exchange">The request.</param>
    /// <param name="hop">The hop of the attempt.</param>
    public Activity? BeginAttempt(Exchange exchange, in Hop hop)
    {
        Current = tracer.Source.CreateActivity("attempt", ActivityKind.Client, server.Context, idFormat: ActivityIdFormat.W3C);
        if (Current is not { } span)
        {
            Write(exchange.Head.Fields, server);
            return null;
        }

        span.SetStartTime(Now(exchange));
        RequestTracer.Start(span);
        SpanTags.OfAttempt(span, exchange, hop, _attempts.Count);
        _attempts.Add(span);
        Write(exchange.Head.Fields, span);
        return span;
    }

    /// <summary>Makes the span of the send that won the current one.</summary>
    public void Take(Activity? span) => Current = span;

    /// <summary>Ends the span of a send that lost against another.</summary>
    public static void Abandon(Exchange exchange, Activity? span)
    {
        if (span is not null)
        {
            span.SetTag("error.type", "cancelled");
            End(span, Now(exchange));
        }
    }

    /// <summary>Ends the span of the current attempt, with its outcome.</summary>
    /// <param name="exchange">The request.</param>
    /// <param name="error">Error of the attempt; none if a response arrived.</param>
    public void EndAttempt(Exchange exchange, in MeshError error)
    {
        if (Current is { } span)
        {
            _hasFailedAttempt |= SpanTags.OfOutcome(span, exchange, error);
            End(span, Now(exchange));
            Current = null;
        }
    }

    /// <summary>
    /// Decides whether the spans are recorded, and makes the request's span the current one of the thread while metrics are recorded: the
    /// histogram's exemplar is the trace.
    /// </summary>
    public void Decide(in RequestSummary summary, Exchange exchange)
    {
        var failed = SpanTags.OfRequest(server, exchange, summary);
        End(server, exchange.At.UtcDateTime + summary.Duration);
        if (failed || _hasFailedAttempt)
        {
            server.ActivityTraceFlags |= ActivityTraceFlags.Recorded;
            foreach (var attempt in _attempts)
            {
                attempt.ActivityTraceFlags |= ActivityTraceFlags.Recorded;
            }
        }

        if (server.Recorded)
        {
            Activity.Current = server;
        }
    }

    /// <summary>Hands the spans to the listener. Never waits.</summary>
    public void Stop()
    {
        Activity.Current = null;
        foreach (var attempt in _attempts)
        {
            attempt.Stop();
        }

        server.Stop();
    }

    private static DateTime Now(Exchange exchange) => (exchange.At + exchange.Time.GetElapsedTime(exchange.StartedAt)).UtcDateTime;

    // A span without a duration would get one from the system's clock when it stops.
    private static void End(Activity span, DateTime at) => span.SetEndTime(at > span.StartTimeUtc ? at : span.StartTimeUtc.AddTicks(1));

    private static void Write(FieldTable fields, Activity span)
    {
        Span<char> text = stackalloc char[TraceContext.Length];
        "00-00000000000000000000000000000000-0000000000000000-00".CopyTo(text);
        span.TraceId.ToHexString().CopyTo(text[3..]);
        span.SpanId.ToHexString().CopyTo(text[36..]);
        text[54] = span.Recorded ? '1' : '0';
        fields.Set(TraceContext.Field, text);
    }
}
