using System.Runtime.CompilerServices;
using GatewayMesh.Configuration.Policies.Faults;
using GatewayMesh.Linux;
using GatewayMesh.Proxy.Async;
using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Forwarding;
using GatewayMesh.Proxy.Grpc;
using GatewayMesh.Proxy.Listeners;
using GatewayMesh.Proxy.Messages;
using GatewayMesh.Proxy.Resilience;
using GatewayMesh.Proxy.Routing;
using GatewayMesh.Proxy.Telemetry;
using GatewayMesh.Proxy.Tracing;

namespace GatewayMesh.Proxy.Pipeline;

/// <summary>
/// Entry point of every request, whatever server it came from: creates the exchange, runs the pipeline, and records telemetry.
/// </summary>
internal sealed class RequestEntry(
    RequestPipeline pipeline,
    ListenerBehaviors behaviors,
    RequestTelemetry telemetry,
    RequestTracer tracer,
    Traffic traffic,
    TimeProvider time,
    ProgressPage? progress)
{
    /// <summary>Creates the exchange for a connection or stream, which serves its requests one after the other.</summary>
    /// <param name="response">The client's side.</param>
    public Exchange Create(IResponseSink response) => new(time, response, AnswerHead);

    /// <summary>
    /// Serves the request whose head and body are set in <paramref name="exchange"/>, and clears the exchange for the next.
    /// </summary>
    [AsyncMethodBuilder(typeof(PooledMethodBuilder))]
    public async ValueTask ServeAsync(Exchange exchange, InboundConnection inbound)
    {
        progress?.Count(Progress.RequestsStarted);
        inbound.RequestBegan();
        traffic.Begin(inbound.Kind);
        exchange.Begin(inbound, behaviors.Of(inbound.Kind), traffic.Mesh);
        exchange.Close = traffic.Draining || (inbound.Carried is { } carried && time.GetTimestamp() >= carried.EndAfter);
        if (exchange.Close)
        {
            // Not with the response, which may be an endless stream: later requests must go to another connection.
            inbound.EndBusyHttp2(time);
        }

        var error = MeshError.None;
        try
        {
            error = RequestPipeline.Settle(exchange, await pipeline.RunAsync(exchange).ConfigureAwait(false));
            if (error.IsError)
            {
                await RequestPipeline.FailAsync(exchange, error, pipeline.Node).ConfigureAwait(false);
            }
        }
        catch (Exception failure) when (!exchange.Response.IsAnsweredByServer(failure))
        {
            error = new MeshError(MeshErrorKind.Internal, Forwarded: true, failure.GetType().Name);
            traffic.Failed(failure);
            await RequestPipeline.FailAsync(exchange, error, node: "").ConfigureAwait(false);
        }
        finally
        {
            exchange.LeaveLimits(error);
            exchange.Keyed?.End(error);
            Record(exchange, error);
            await exchange.AnswerEndsAsync().ConfigureAwait(false);
            traffic.End(inbound.Kind);
            progress?.Count(Progress.RequestsEnded);
            exchange.End();
        }
    }

    private void AnswerHead(Exchange exchange)
    {
        progress?.Count(Progress.UpstreamAnswers);
        exchange.Close |= traffic.Draining; // on HTTP/2 the drain itself has asked busy connections to end
    }

    private void Record(Exchange exchange, in MeshError error)
    {
        var isLogged = telemetry.TryAdmit(exchange.Behavior.Direction);
        var summary = new RequestSummary
        {
            At = exchange.At,
            Direction = exchange.Behavior.Direction,
            Source = exchange.Caller.Service is { Length: > 0 } source ? source : null,
            Destination = exchange.Destination,
            Asked = exchange.Route.Rule is null ? null : exchange.Asked,
            Route = exchange.Route.Rule,
            Target = exchange.Route.Leaf?.Targets[exchange.Route.Rank].Id,
            Method = exchange.Method,
            Path = isLogged ? PathOf(exchange.Target.PathAndQuery) : "",
            Status = StatusOf(exchange, error),
            Error = (error.IsError ? error : exchange.Attempt.Answered).Shown, // also of an error that was passed on
            GrpcStatus = !exchange.IsGrpc
                ? null
                : error.IsError
                ? AbortOf(exchange, error)?.Grpc ?? error.Row.Grpc
                : exchange.Attempt.GrpcStatus == GrpcStatus.None
                ? null
                : exchange.Attempt.GrpcStatus,
            Duration = time.GetElapsedTime(exchange.StartedAt),
            BytesIn = exchange.Head.ContentLength ?? 0,
            BytesOut = exchange.Response.ContentLength ?? 0,
            Attempts = exchange.Tried.Count,
            Retry = exchange.LastVerdict,
            Endpoint = isLogged ? exchange.Attempt.Hop.Upstream?.Address : null,
            Tier = exchange.Tier,
            Fault = exchange.Fault?.Name,
            Flag = exchange.Flag == MeshHeaderValues.NoFlag ? null : exchange.Flag,
            RequestId = exchange.RequestId,
            TraceId = isLogged ? TraceContext.TraceIdOf(exchange.Head.Fields[KnownField.Traceparent]) : null,
        };

        // A request that was answered before its spans began, except by the live path, has a span without attempts.
        if ((exchange.Trace ?? (tracer.IsOn && IsTraced(exchange) ? tracer.Begin(exchange) : null)) is not { } trace)
        {
            telemetry.Record(isLogged, summary);
            return;
        }

        trace.Decide(summary, exchange);
        telemetry.Record(isLogged, summary);
        trace.Stop();
    }

    // A reset has no status.
    private static int StatusOf(Exchange exchange, in MeshError error) =>
        error.Kind == MeshErrorKind.ClientGone ? 499
        : AbortOf(exchange, error) is { IsReset: true } ? 0
        : exchange.Response.Status;

    private static FaultAbort? AbortOf(Exchange exchange, in MeshError error) =>
        error.Kind == MeshErrorKind.FaultInjected ? exchange.Fault?.Abort : null;

    private static bool IsTraced(Exchange exchange) => exchange.Target.PathAndQuery != LivePathStep.Path;

    private static string PathOf(string? target)
    {
        var query = target?.IndexOf('?') ?? -1;
        return query < 0 ? target ?? "" : target![..query];
    }
}
