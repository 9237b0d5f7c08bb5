using System.Globalization;
using GatewayMesh.Linux;
using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Forwarding;
using GatewayMesh.Proxy.Grpc;
using GatewayMesh.Proxy.Listeners;
using GatewayMesh.Proxy.Routing;
using GatewayMesh.Proxy.Telemetry;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace GatewayMesh.Proxy.Pipeline;

/// <summary>Entry point of the server for each request: creates the exchange, runs the pipeline, and records telemetry.</summary>
internal sealed class MeshApplication(
    RequestPipeline pipeline,
    ListenerBehaviours behaviours,
    RequestTelemetry telemetry,
    Traffic traffic,
    TimeProvider time,
    ProgressPage? progress)
    : IHttpApplication<Exchange>
{
    /// <inheritdoc/>
    public Exchange CreateContext(IFeatureCollection contextFeatures)
    {
        if (contextFeatures is IHostContextContainer<Exchange> { HostContext: { } reused })
        {
            reused.Http.Initialize(contextFeatures);
            return reused;
        }

        if (contextFeatures.Get<InboundConnection>() is { Head: { } head } && contextFeatures.Get<IHttpRequestFeature>() is { } request)
        {
            head.Watch(request);
        }

        var exchange = new Exchange(time, new DefaultHttpContext(contextFeatures));
        exchange.OnAnswerHead = () => AnswerHead(exchange);
        if (contextFeatures is IHostContextContainer<Exchange> container)
        {
            container.HostContext = exchange;
        }

        return exchange;
    }

    /// <inheritdoc/>
    public async Task ProcessRequestAsync(Exchange context)
    {
        var inbound = context.Http.Features.Get<InboundConnection>()!;
        progress?.Count(Progress.RequestsStarted);
        inbound.RequestBegan();
        traffic.Begin(inbound.Kind);
        context.Begin(inbound, behaviours.Of(inbound.Kind), traffic.Mesh);
        context.Close = traffic.Draining || (inbound.Carried is { } carried && time.GetTimestamp() >= carried.EndAfter);
        if (context.Close)
        {
            // Not with the response, which may be an endless stream: later requests must go to another connection.
            inbound.EndBusyHttp2(time);
        }

        var error = MeshError.None;
        try
        {
            error = await pipeline.RunAsync(context).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is not BadHttpRequestException)
        {
            error = new MeshError(MeshErrorKind.Internal, Forwarded: true, failure.GetType().Name);
            traffic.Failed(failure);
            await ErrorAnswer.WriteAsync(
                context.Http, context.Behaviour.AtTheEdge ? PublicError.Of(error) : error, context.RequestId, "").ConfigureAwait(false);
        }
        finally
        {
            context.LeaveLimits(error);
            Record(context, error);
            await context.AnswerEndsAsync().ConfigureAwait(false);
            traffic.End(inbound.Kind);
            progress?.Count(Progress.RequestsEnded);
            context.End();
        }
    }

    /// <inheritdoc/>
    public void DisposeContext(Exchange context, Exception? exception) => context.Http.Uninitialize();

    private void AnswerHead(Exchange exchange)
    {
        progress?.Count(Progress.UpstreamAnswers);
        exchange.Close |= traffic.Draining; // on HTTP/2 the drain itself has asked busy connections to end
    }

    private void Record(Exchange exchange, in MeshError error)
    {
        var http = exchange.Http;
        telemetry.Record(new RequestSummary
        {
            At = exchange.At,
            Direction = exchange.Behaviour.Direction,
            Source = exchange.Caller.Service is { Length: > 0 } source ? source : null,
            Destination = exchange.Destination,
            Asked = exchange.Route.Leaf is null ? null : exchange.Asked,
            Route = exchange.Route.Leaf?.Rule,
            Target = exchange.Route.Leaf?.Targets[exchange.Route.Rank].Id,
            Method = exchange.Method,
            Path = PathOf(exchange.Target.PathAndQuery),
            Status = error.Kind == MeshErrorKind.ClientGone ? 499 : http.Response.StatusCode,
            Error = error.Kind,
            GrpcStatus = !exchange.IsGrpc
                ? null
                : error.IsError
                ? error.Row.Grpc
                : exchange.CallStatus == GrpcStatus.None
                ? null
                : exchange.CallStatus,
            Duration = time.GetElapsedTime(exchange.StartedAt),
            BytesIn = http.Request.ContentLength ?? 0,
            BytesOut = http.Response.ContentLength ?? 0,
            Attempts = exchange.Tried.Count,
            Retry = exchange.LastVerdict,
            Endpoint = exchange.Hop.Upstream?.Key.Address.ToString(),
            Tier = exchange.Tier,
            RequestId = exchange.RequestId,
            TraceId = TraceContext.TraceIdOf(http.Request.Headers[TraceContext.Field]),
        });
    }

    private static string PathOf(string? target)
    {
        var query = target?.IndexOf('?') ?? -1;
        return query < 0 ? target ?? "" : target![..query];
    }
}
