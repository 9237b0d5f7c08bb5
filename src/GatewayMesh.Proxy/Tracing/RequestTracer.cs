using System.Diagnostics;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.Messages;
using GatewayMesh.Proxy.Pipeline;
using GatewayMesh.Proxy.Telemetry;

namespace GatewayMesh.Proxy.Tracing;

/// <summary>
/// Starts the spans of requests on an activity source of this data plane. Without a listener no span exists, and the trace only passes
/// through. Listeners belong to the exporter; sampling is theirs.
/// </summary>
/// <param name="random">IDs of traces that callers do not want to be sampled.</param>
internal sealed class RequestTracer(SplitMix random) : IDisposable
{
    /// <summary>Name of the source of every data plane.</summary>
    public const string SourceName = "GatewayMesh.Proxy";

    /// <summary>The source.</summary>
    public ActivitySource Source { get; } = new(SourceName);

    /// <summary>True if somebody listens, so that requests have spans.</summary>
    public bool IsOn => Source.HasListeners();

    /// <summary>
    /// Starts the server span of <paramref name="exchange"/>, from its arrival on; null without a listener, if the listener drops the span,
    /// and for probes.
    /// </summary>
    public RequestTrace? Begin(Exchange exchange)
    {
        if (!Source.HasListeners() || exchange.Behavior.Direction == RequestDirection.Probe)
        {
            return null;
        }

        var fields = exchange.Head.Fields;
        var parent = default(ActivityContext);
        var given = TraceContext.TakeGiven(fields);
        if (given is null && TraceContext.SampledWithoutTrace(fields) == false)
        {
            TraceContext.Ensure(fields, random); // a B3 caller that wants no trace: as a parent that is not sampled
            given = fields[KnownField.Traceparent].ToString();
        }

        if (given is not null)
        {
            // A later version may have more parts, which .NET does not read.
            ActivityContext.TryParse(given[..TraceContext.Length], fields[KnownField.Tracestate].ToString(), isRemote: true, out parent);
        }

        var span = Source.CreateActivity("request", ActivityKind.Server, parent, idFormat: ActivityIdFormat.W3C);
        if (span is not { IsAllDataRequested: true })
        {
            return null; // the listener wants no span, and the trace passes through
        }

        span.SetStartTime(exchange.At.UtcDateTime);
        Start(span);
        return new RequestTrace(this, span);
    }

    /// <summary>Starts a span without making it the current one of the thread: an event loop serves many requests.</summary>
    public static void Start(Activity span)
    {
        span.Start();
        Activity.Current = null;
    }

    /// <inheritdoc/>
    public void Dispose() => Source.Dispose();
}
