using System.Runtime.CompilerServices;
using GatewayMesh.Proxy.Async;
using GatewayMesh.Proxy.Attempts;
using GatewayMesh.Proxy.Authorization;
using GatewayMesh.Proxy.Cors;
using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Faults;
using GatewayMesh.Proxy.Idempotency;
using GatewayMesh.Proxy.Identity;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.Loops;
using GatewayMesh.Proxy.Messages;
using GatewayMesh.Proxy.Mirroring;
using GatewayMesh.Proxy.Resilience;
using GatewayMesh.Proxy.Routing;
using GatewayMesh.Proxy.Tracing;

namespace GatewayMesh.Proxy.Pipeline;

/// <summary>The pipeline of every request, for all listeners and roles: defined once, here.</summary>
internal sealed class RequestPipeline(
    DataPlaneOptions options,
    SplitMix random,
    RetryBudgets budgets,
    ICallerIdentity identity,
    ServiceDemand? demand,
    JwtStep jwt,
    FlagStep flags,
    ExternalAuthorizationStep authorization,
    Denials denials,
    RunningExchanges running,
    KeyStores keys,
    FaultInjection faults,
    Mirrors mirrors,
    RequestTracer tracer,
    PathSelector paths)
{
    private readonly IStep[] _steps =
    [
        new ConnectionFieldsStep(),                      // fields named by the client's Connection go before the mesh adds its own
        new RequestIdStep(random),                       // every log line and response can be found by its ID
        new HeadLimitStep(options.Limits),               // the head is no larger than the listener allows
        new MethodStep(),                                // methods are case-sensitive
        new FramingStep(),                               // malformed requests end here
        new UpgradeStep(),                               // another protocol on the connection is forwarded, ignored, or rejected
        new TargetStep(),                                // the target is parsed once, byte for byte
        new PathStep(),                                  // at the edge a path has one spelling
        new LivePathStep(options.Node),                  // the data path reports that it is alive
        new MaxForwardsStep(),                           // a client may address this proxy
        new MeshHeadersStep(),                           // hops, attempts, timeout: only from mesh peers
        new LoopStep(),                                  // a loop ends before it costs anything
        new RedirectStep(),                              // a public listener may only redirect to HTTPS
        new CallerStep(identity),                        // the caller
        new ClaimsStep(options.IngressService),          // only the ingress may name clients outside the mesh
        new GrpcStep(options.Time),                      // a call may have its own deadline
        new PaceStep(options.Limits, options.Time),      // the body is no slower than the listener allows
        new RouteStep(demand),                           // the service and its route; unknown services end here
        new CorsStep(),                                  // preflight requests of browsers are answered before they need a token
        new RouteAnswerStep(),                           // a route that redirects, or without instances, ends here
        jwt,                                             // its token is verified before anything relies on its claims
        flags,                                           // a feature flag may choose a subset and a policy
        new AuthorizationFieldsStep(),                   // only the authorization service sets its fields
        new IntentionStep(options.EnforcesIntentions, denials), // the caller may make this request
        new RateLimitStep(new(options.IngressService)),  // the rate limits of the service, before anything is taken
        authorization,                                   // a service outside the mesh may refuse
        new AdmissionStep(),                             // a gateway limits concurrent requests
        new DeadlineStep(options.Time, budgets),         // the deadline and the number of attempts
        new IdempotencyStep(keys),                       // a request with an idempotency key runs once
        new LimitStep(),                                 // a service's limits; less critical requests are refused first
        new FaultStep(faults),                           // the policy's faults, on nodes that allow them
        new PropagationStep(random, tracer),             // trace and X-Forwarded-* for the next hop
        new MirrorStep(mirrors),                         // a copy for another service, with all that the next hop gets
    ];                                                   // then: attempts, response, telemetry

    /// <summary>Name of this node.</summary>
    public string Node => options.Node;

    /// <summary>For tests: the steps in order.</summary>
    internal IReadOnlyList<IStep> Steps => _steps;

    /// <summary>
    /// Takes the steps and forwards the request. Returns the mesh's own error, for <see cref="Settle"/> and then <see cref="FailAsync"/>; none
    /// if a response was sent.
    /// </summary>
    public ValueTask<MeshError> RunAsync(Exchange exchange) => RunAsync(exchange, 0);

    /// <summary>Returns the error of a request whose attempts have ended with <paramref name="error"/>.</summary>
    public static MeshError Settle(Exchange exchange, in MeshError error) =>
        exchange.IsRevoked ? new MeshError(MeshErrorKind.IntentionDenied, Forwarded: true)
        : exchange.Attempt.IsWithheld && !error.IsError ? exchange.Attempt.Answered
        : error;

    /// <summary>
    /// Responds with <paramref name="error"/>. If a response has started or the client is gone, the exchange is aborted instead: a broken
    /// response must not look complete.
    /// </summary>
    /// <param name="exchange">The request.</param>
    /// <param name="error">Error to report.</param>
    /// <param name="node">Name of this node; empty omits the name. Never named at the edge.</param>
    public static Task FailAsync(Exchange exchange, in MeshError error, string node)
    {
        if (exchange.Response.HasStarted
            || error.Kind == MeshErrorKind.ClientGone
            || (error.Kind == MeshErrorKind.FaultInjected && exchange.Fault is { Abort.IsReset: true }))
        {
            exchange.Response.Abort();
            return Task.CompletedTask;
        }

        return SendAsync(
            exchange,
            exchange.OwnAnswer is { } own ? own
                : exchange.Behavior.AtTheEdge
                ? ErrorAnswer.Of(PublicError.Of(error), exchange.Head, exchange.RequestId, node: "", exchange.Fault)
                : ErrorAnswer.Of(error, exchange.Head, exchange.RequestId, node, exchange.Fault));
    }

    private ValueTask<MeshError> RunAsync(Exchange exchange, int step)
    {
        var verdict = Verdict.Next;
        for (; verdict.Continues && step < _steps.Length; step++)
        {
            verdict = _steps[step].Take(exchange);
            if (verdict.Until is { } until)
            {
                return WaitAsync(exchange, until, step);
            }
        }

        return verdict.Answer is { } answer ? AnswerAsync(exchange, answer)
            : !verdict.Continues ? new(verdict.Error)
            : exchange.AllowedBy is not null && !running.Enter(exchange) ? new(new MeshError(MeshErrorKind.IntentionDenied))
            : paths.RunAsync(exchange);
    }

    // A step waits at most once (see Exchange.HasWaited).
    private async ValueTask<MeshError> WaitAsync(Exchange exchange, Task until, int step)
    {
        await until.ConfigureAwait(false);
        if (exchange.InboundConnection is { IsHttp2: false, Socket: { } socket })
        {
            await socket.Loop.SwitchTo();
        }

        return await RunAsync(exchange, step).ConfigureAwait(false);
    }

    private static async ValueTask<MeshError> AnswerAsync(Exchange exchange, LocalAnswer answer)
    {
        await SendAsync(exchange, answer).ConfigureAwait(false);
        return MeshError.None;
    }

    private static Task SendAsync(Exchange exchange, LocalAnswer answer)
    {
        if (exchange.Close)
        {
            exchange.InboundConnection.EndBusyHttp2(exchange.Time); // HTTP/1.1 ends with the response itself
        }

        return exchange.Response.SendAsync(CorsFields.With(exchange, answer), exchange.Close || answer.EndsConnection);
    }
}
