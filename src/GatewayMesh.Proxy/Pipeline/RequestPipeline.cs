using GatewayMesh.Proxy.Authorization;
using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Forwarding;
using GatewayMesh.Proxy.Identity;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.Resilience;
using GatewayMesh.Proxy.Routing;
using Microsoft.AspNetCore.Http;

namespace GatewayMesh.Proxy.Pipeline;

/// <summary>The way of every request, whatever listener and role: written once, here.</summary>
internal sealed class RequestPipeline(DataPlaneOptions options, SplitMix random, RetryBudgets budgets, ICallerIdentity identity, ServiceDemand? demand, Denials denials, RunningExchanges running, AttemptLoop attempts)
{
    private readonly IStep[] _steps =
    [
        new ConnectionFieldsStep(),                      // what a client says of its own connection goes before we say anything ourselves
        new RequestIdStep(random),                       // so that every log line and answer can be found again
        new HeadLimitStep(options.Limits),               // no larger than the listener allows
        new MethodStep(),                                // a method means what it says, letter by letter
        new FramingStep(),                               // what is malformed is not even looked at further
        new UpgradeStep(),                               // another protocol on the connection is carried, ignored or refused, never mistaken
        new TargetStep(),                                // one reading of the target, byte for byte
        new PathStep(),                                  // at the edge one path is written in one way
        new LivePathStep(options.Node),                  // the data path itself says that it lives
        new MaxForwardsStep(),                           // a client may ask this very proxy
        new MeshHeadersStep(),                           // hops, attempts, time: from mesh peers only
        new LoopStep(),                                  // a circle ends before it costs anything
        new RedirectStep(),                              // a public listener may only lead to HTTPS
        new CallerStep(identity),                        // in whose name
        new ClaimsStep(options.IngressService),          // who may speak of clients outside
        new GrpcStep(options.Time),                      // a call with a deadline of its own
        new PaceStep(options.Limits, options.Time),      // and its body comes no slower than a listener allows
        new RouteStep(demand),                           // which service; unknown ones end here
        new IntentionStep(options.EnforcesIntentions, denials), // whether the caller may
        new AdmissionStep(),                             // a gateway bounds what it carries
        new DeadlineStep(options.Time, budgets),         // how long, how often
        new LimitStep(),                                 // a service gets no more than it can bear, and the less important waits
        new PropagationStep(random),                     // what the next hop is told
    ];                                                   // then: attempts, answer, telemetry

    /// <summary>For tests: the steps, in order.</summary>
    internal IReadOnlyList<IStep> Steps => _steps;

    /// <summary>Serves one request; returns the mesh's own error, if that was the answer.</summary>
    public async ValueTask<MeshError> RunAsync(Exchange exchange)
    {
        var verdict = Verdict.Next;
        for (var i = 0; verdict.GoesOn && i < _steps.Length; i++)
        {
            verdict = _steps[i].Take(exchange);
            if (verdict.Until is { } until)
            {
                await until.ConfigureAwait(false);
                verdict = _steps[i].Take(exchange);
            }
        }

        if (verdict.GoesOn && exchange.AllowedBy is not null && !running.Enter(exchange))
        {
            verdict = Verdict.Fail(MeshErrorKind.IntentionDenied);
        }

        var error = verdict.GoesOn ? await attempts.RunAsync(exchange).ConfigureAwait(false) : verdict.Error;
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
