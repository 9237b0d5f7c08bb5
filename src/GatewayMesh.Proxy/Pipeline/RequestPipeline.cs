using GatewayMesh.Proxy.Authorization;
using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Forwarding;
using GatewayMesh.Proxy.Identity;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.Resilience;
using GatewayMesh.Proxy.Routing;
using Microsoft.AspNetCore.Http;

namespace GatewayMesh.Proxy.Pipeline;

/// <summary>The pipeline of every request, for all listeners and roles: defined once, here.</summary>
internal sealed class RequestPipeline(
    DataPlaneOptions options,
    SplitMix random,
    RetryBudgets budgets,
    ICallerIdentity identity,
    ServiceDemand? demand,
    Denials denials,
    RunningExchanges running,
    AttemptLoop attempts)
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
        new IntentionStep(options.EnforcesIntentions, denials), // the caller may make this request
        new AdmissionStep(),                             // a gateway limits concurrent requests
        new DeadlineStep(options.Time, budgets),         // the deadline and the number of attempts
        new LimitStep(),                                 // a service's limits; less critical requests are refused first
        new PropagationStep(random),                     // trace and X-Forwarded-* for the next hop
    ];                                                   // then: attempts, response, telemetry

    /// <summary>For tests: the steps in order.</summary>
    internal IReadOnlyList<IStep> Steps => _steps;

    /// <summary>Serves one request. Returns the mesh's own error if that was the response.</summary>
    public async ValueTask<MeshError> RunAsync(Exchange exchange)
    {
        var verdict = Verdict.Next;
        for (var i = 0; verdict.Continues && i < _steps.Length; i++)
        {
            verdict = _steps[i].Take(exchange);
            if (verdict.Until is { } until)
            {
                await until.ConfigureAwait(false);
                verdict = _steps[i].Take(exchange);
            }
        }

        if (verdict.Continues && exchange.AllowedBy is not null && !running.Enter(exchange))
        {
            verdict = Verdict.Fail(MeshErrorKind.IntentionDenied);
        }

        var error = verdict.Continues ? await attempts.RunAsync(exchange).ConfigureAwait(false) : verdict.Error;
        if (exchange.Withheld && !error.IsError)
        {
            error = exchange.Answered;
        }

        if (exchange.IsRevoked)
        {
            error = new MeshError(MeshErrorKind.IntentionDenied, Forwarded: true);
        }

        if (verdict.Answer is { } answer)
        {
            await WriteAsync(exchange, answer).ConfigureAwait(false);
        }
        else if (error.IsError)
        {
            await WriteAsync(exchange, error).ConfigureAwait(false);
        }

        return error;
    }

    private static Task WriteAsync(Exchange exchange, LocalAnswer answer)
    {
        var response = exchange.Http.Response;
        response.StatusCode = answer.Status;
        if (answer.Node is { } node)
        {
            response.Headers[MeshHeaders.Node] = node;
        }

        if (exchange.Close)
        {
            exchange.EndConnection();
        }

        if (answer.Body.Length == 0)
        {
            return Task.CompletedTask;
        }

        response.ContentType = "text/plain";
        response.ContentLength = answer.Body.Length;
        return response.WriteAsync(answer.Body);
    }

    private Task WriteAsync(Exchange exchange, MeshError error)
    {
        if (exchange.Close && !exchange.Http.Response.HasStarted)
        {
            exchange.Http.Response.OnStarting(static state =>
            {
                ((Exchange)state).EndConnection();
                return Task.CompletedTask;
            }, exchange);
        }

        return exchange.Behaviour.AtTheEdge
            ? ErrorAnswer.WriteAsync(exchange.Http, PublicError.Of(error), exchange.RequestId, node: "")
            : ErrorAnswer.WriteAsync(exchange.Http, error, exchange.RequestId, options.Node);
    }
}
