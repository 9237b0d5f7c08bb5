using System.Globalization;
using GatewayMesh.Admin.Documents;
using GatewayMesh.Commands.Intention;
using GatewayMesh.Terminal.Output;

namespace GatewayMesh.Commands.Explain;

/// <summary>Text output of <c>/explain</c>.</summary>
internal static class ExplainText
{
    private const string RequestMalformed = "request_malformed";

    /// <summary>
    /// True if the mesh would carry the request: known service, at least one instance, and not denied by an enforced intention.
    /// </summary>
    public static bool IsCarried(ExplainDocument answer) =>
        answer is { Known: true, Instances.IsEmpty: false, Reason: not RequestMalformed }
        && answer.Intention is null or { Allowed: true } or { Enforced: false };

    /// <summary>Prints the answer.</summary>
    public static void Print(ExplainDocument answer, TextWriter output)
    {
        var paint = Paint.For(output);
        output.WriteLine(
            $"{answer.Method} {answer.Path} at {answer.Host}{(answer.From is { Length: > 0 } from ? $", from {from}" : "")}");
        if (!answer.Known)
        {
            output.WriteLine($"  service    {paint.Text(answer.Service, TextStyle.Bad)}: unknown to the mesh: 404, not forwarded");
            output.WriteLine($"  reason     {answer.Reason}");
            return;
        }

        if (answer.Reason == RequestMalformed)
        {
            var refused = paint.Text("refused by the public listener", TextStyle.Bad);
            output.WriteLine($"  path       {refused}: 400, {answer.Reason}, not forwarded");
            return;
        }

        if (answer.Destination is null)
        {
            output.WriteLine($"  service    {answer.Service}, configuration {answer.Revision}");
            RouteText.Print(answer, paint, output);
            RouteText.PrintAnswer(answer, paint, output);
            return;
        }

        output.WriteLine($"  service    {answer.Service}, protocol {answer.Protocol}, configuration {answer.Revision}");
        RouteText.Print(answer, paint, output);
        InstanceText.Print(answer, paint, output);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  gateways   group {answer.GatewayGroup}: {Gateways(answer)}; "
                + $"{(answer.GatewayShare ?? 0) * 100:0.##} % of requests go through a gateway"));
        PrintPolicy(answer.Policy ?? new ExplainedPolicy(), answer.RetryBudget, output);
        if (answer.Limits is { } limits)
        {
            LimitText.Print(limits, paint, output);
        }

        if (answer.Mirror is { } mirror)
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  mirror     {mirror.Share * 100:0.##} % of requests with bodies up to {mirror.MaxBodySize} bytes are copied to "
                    + $"{(mirror.Subset is { } subset ? $"{subset} of " : "")}{mirror.Service}, at most {mirror.MaxConcurrent} at a time"));
        }

        foreach (var flag in answer.Flags ?? [])
        {
            var user = flag.User is { } name ? $", user {name}" : "";
            var line = $"{flag.Flag}: {(flag.On ? "on" : "off")} ({flag.Reason}{user})";
            output.WriteLine($"  flag       {(flag.On ? paint.Text(line, TextStyle.Warn) : line)}; on means {flag.Change}");
        }

        if (answer.Faults is { } faults)
        {
            FaultText.Print(faults, paint, output);
        }

        foreach (var limit in answer.RateLimits ?? [])
        {
            var by = limit.By.IsEmpty ? "all requests together" : $"by {string.Join(", ", limit.By)}";
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  rate limit {limit.Name}: {limit.Rate}, burst {limit.Burst}, {by}, scope {limit.Scope}"
                    + $"{(limit.Mode == "shadow" ? ", shadow: refuses nobody" : "")}; {limit.Buckets} buckets here"));
        }

        if (answer.Intention is { } intention)
        {
            output.Write("  intention  ");
            IntentionCheckCommand.Print(intention, output);
        }
        else
        {
            output.WriteLine("  intention  use --from SERVICE to check the intentions of a caller");
        }
    }

    private static void PrintPolicy(ExplainedPolicy policy, ExplainedBudget? budget, TextWriter output)
    {
        var invariant = CultureInfo.InvariantCulture;
        output.WriteLine(
            string.Create(
                invariant, $"  timeouts   {policy.RequestTimeoutMs} ms for the request, {policy.ConnectTimeoutMs} ms to connect"));
        output.WriteLine(string.Create(
            invariant,
            $"  attempts   at most {policy.MaxAttempts} over all layers; a retry only if nothing was forwarded or the request "
                + $"is idempotent, within the budget"));
        if (budget is not null)
        {
            var hedge = budget.HedgeAfterMs is { } after
                ? string.Create(invariant, $"; a hedge goes to a second instance after {after} ms")
                : "";
            output.WriteLine(string.Create(
                invariant,
                $"  budget     {budget.Left} of {budget.Allowed} retries left in this ten-second window, "
                    + $"{budget.ProcessLeft} of {budget.ProcessAllowed} over all services{hedge}"));
        }

        output.WriteLine(string.Create(
            invariant,
            $"  ejection   after {policy.EjectAfter} failures in a row, for {policy.EjectForMs} ms and more each time"));
    }

    private static string Gateways(ExplainDocument answer) => answer.Gateways is not { IsEmpty: false } gateways
        ? "none"
        : string.Join(
            ", ", gateways.Select(gateway => $"{gateway.Node} at {gateway.Address}{(gateway.Healthy ? "" : " (unhealthy)")}"));
}
