using System.Diagnostics;
using GatewayMesh.Client.Bodies;
using GatewayMesh.Client.Routes;
using GatewayMesh.Client.Settings;
using GatewayMesh.Client.Telemetry;

namespace GatewayMesh.Client.Failover;

/// <summary>
/// The lifecycle of a request:
/// <code>
///   targets ──► attempt ──answer──► done
///      ▲           │ failed
///      │           ▼
///      └── retry allowed? ── no ──► the mesh's last answer, or an exception
/// </code>
/// </summary>
internal sealed class FailoverLoop(ClientSettings settings, TargetTable routes, FailoverBudget budget, TimeProvider time, ClientLog log)
{
    private static readonly TimeSpan ShortAvoidance = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongAvoidance = TimeSpan.FromSeconds(5);

    /// <summary>Sends one request.</summary>
    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        if (settings.CreateIdempotencyKeys)
        {
            ReplaySafety.AddKey(request);
        }

        var history = RequestHistory.Of(request);
        var rule = new ReplayRule(ReplaySafety.Of(request, settings.ReplayWithIdempotencyKey), settings.MaxAttempts);
        if (rule.Refusal(history) is { } refusal)
        {
            throw Failure(refusal, null, history, "The message was already sent and may not be sent again", null);
        }

        budget.CountRequest();
        var body = await RequestBody.ReadAsync(request.Content, settings.ReplayBufferSize, cancellation).ConfigureAwait(false);
        var targets = routes.InOrder();
        if (targets.Current is null)
        {
            throw Failure(ReplayRefusal.NoTargetLeft, null, history, "No sidecar and no gateway is configured", null);
        }

        HttpResponseMessage? held = null;
        Activity? activity = null;
        try
        {
            while (true)
            {
                var target = targets.Current!;
                var outcome = await AttemptAsync(request, body, rule, history, targets, cancellation).ConfigureAwait(false);
                activity?.Dispose();
                Note(target, outcome);
                if (outcome.Reason is not { } reason)
                {
                    ClientMetrics.CountRequest(target.Tier, "answered");
                    return Final(request, outcome, history);
                }

                if (outcome.Response is not null)
                {
                    held?.Dispose();
                    held = outcome.Response;
                }

                var refused = rule.Refusal(outcome, body.AtHand, history)
                    ?? (!targets.MoveOn(outcome) ? ReplayRefusal.NoTargetLeft : !budget.TryTake() ? ReplayRefusal.BudgetSpent : null);
                if (refused is not { } why)
                {
                    ClientMetrics.CountFailover(target.Tier, targets.Current!.Tier, reason);
                    log.FailedOver(target, targets.Current!, reason, history.Attempts);
                    activity = ClientActivities.StartFailover(target.Tier, targets.Current!.Tier, reason, history.Attempts + 1);
                    continue;
                }

                ClientMetrics.CountRequest(target.Tier, "failed");
                if (held is not null)
                {
                    ClientMetrics.CountRefusal(why);
                    log.Refused(why, reason, history.Attempts);
                    var last = held;
                    held = null;
                    return Final(request, AttemptOutcome.Of(last), history);
                }

                throw Failure(why, reason, history,
                    $"The request failed at {ClientTags.Of(target.Tier)} {target.Address} ({ClientTags.Of(reason)})", outcome.Error);
            }
        }
        finally
        {
            activity?.Dispose();
            held?.Dispose();
        }
    }

    private async Task<AttemptOutcome> AttemptAsync(
        HttpRequestMessage request, RequestBody body, ReplayRule rule, RequestHistory history, TargetSequence targets,
        CancellationToken cancellation)
    {
        var target = targets.Current!;
        var number = history.Begin();
        var outcome = default(AttemptOutcome?);
        try
        {
            var message = AttemptMessage.For(request, body, target, number);
            outcome = await TargetAttempt.RunAsync(
                message, target, targets.Patient, () => rule.Idempotent && number < rule.MaxAttempts && body.AtHand && targets.HasAnother,
                settings.AnswerWait, time, cancellation).ConfigureAwait(false);
            return outcome.Value;
        }
        finally
        {
            // An attempt without an outcome was cancelled and may have run.
            history.End(
                outcome?.IsAttempt ?? true,
                outcome is null
                    || outcome.Value.MayHaveRun
                    || outcome.Value.Response is { } answer && (int)answer.StatusCode >= 500 && outcome.Value.Reason is null);
        }
    }

    // Updates the target's state after an attempt.
    private void Note(Target target, in AttemptOutcome outcome)
    {
        if (target.Tier == Tier.Sidecar)
        {
            NoteSidecar(outcome);
            return;
        }

        switch (outcome.Reason)
        {
            case FailoverReason.NotForwarded when outcome.Answer!.IsOfTheProxyItself:
                target.Avoid(outcome.Response!.Headers.RetryAfter?.Delta is { } after && after < LongAvoidance ? after : LongAvoidance);
                break;
            case FailoverReason.Refused or FailoverReason.ConnectTimeout or FailoverReason.Busy or FailoverReason.Hung:
                target.Avoid(ShortAvoidance);
                break;
            case FailoverReason.Draining or FailoverReason.Denied or FailoverReason.Untrusted:
                target.Avoid(LongAvoidance);
                break;
            case null:
                target.Trust();
                break;
        }

        if (outcome.Reason == FailoverReason.Hung)
        {
            target.LeaveConnections();
        }
    }

    private void NoteSidecar(in AttemptOutcome outcome)
    {
        switch (outcome.Reason)
        {
            case FailoverReason.Refused or FailoverReason.ConnectTimeout or FailoverReason.Hung:
            case FailoverReason.NotForwarded when outcome.Answer!.IsOfTheProxyItself:
                routes.TargetBreaker!.Failed(outcome.Reason.Value);
                break;
            case FailoverReason.Lost:
                routes.TargetBreaker!.Doubt();
                break;
            case null:
                routes.TargetBreaker!.Succeeded();
                break;
        }
    }

    private static HttpResponseMessage Final(HttpRequestMessage request, in AttemptOutcome outcome, RequestHistory history)
    {
        var response = outcome.Response!;
        response.RequestMessage = request;
        if (outcome.Answer is { Forwarded: false } && history.MayHaveRun)
        {
            MeshAnswer.MarkForwarded(response);
        }

        return response;
    }

    private GatewayMeshException Failure(
        ReplayRefusal refusal, FailoverReason? reason, RequestHistory history, string what, Exception? error)
    {
        ClientMetrics.CountRefusal(refusal);
        log.Refused(refusal, reason, history.Attempts);
        return new GatewayMeshException(refusal, reason, history.Attempts, history.MayHaveRun, $"{what}: {Because(refusal)}.", error);
    }

    private static string Because(ReplayRefusal refusal) => refusal switch
    {
        ReplayRefusal.NoTargetLeft => "no target is left",
        ReplayRefusal.AttemptsUsedUp => "all attempts are used up",
        ReplayRefusal.NotIdempotent => "an application may have seen the request, which is not idempotent",
        ReplayRefusal.BodyGone => "the body was not buffered",
        _ => "the retry budget of this process is used up",
    };
}
