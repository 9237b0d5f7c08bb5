using System.Globalization;
using System.Text.Json;
using GatewayMesh.Admin.Documents;
using GatewayMesh.Commands.Intention;
using GatewayMesh.Terminal.Output;

namespace GatewayMesh.Commands.Explain;

/// <summary>Text output of <c>/explain</c>.</summary>
internal static class ExplainText
{
    /// <summary>
    /// True if the mesh would carry the request: known service, at least one instance, and not denied by an enforced intention.
    /// </summary>
    public static bool IsCarried(JsonElement answer) =>
        answer.GetProperty("known").GetBoolean()
        && answer.GetProperty("instances").GetArrayLength() > 0
        && (!answer.TryGetProperty("intention", out var intention)
            || intention.GetProperty("allowed").GetBoolean()
            || !intention.GetProperty("enforced").GetBoolean());

    /// <summary>Prints the answer.</summary>
    public static void Print(JsonElement answer, TextWriter output)
    {
        var paint = Paint.For(output);
        output.WriteLine(
            $"{Text(answer, "method")} {Text(answer, "path")} at "
                + $"{Text(answer, "host")}{(Text(answer, "from") is { Length: > 0 } from ? $", from {from}" : "")}");
        if (!answer.GetProperty("known").GetBoolean())
        {
            output.WriteLine($"  service    {paint.Text(Text(answer, "service"), TextStyle.Bad)}: unknown to the mesh: 404, not forwarded");
            output.WriteLine($"  reason     {Text(answer, "reason")}");
            return;
        }

        output.WriteLine(
            $"  service    {Text(answer, "service")}, protocol {Text(answer, "protocol")}, configuration {Text(answer, "revision")}");
        RouteText.Print(answer, paint, output);
        PrintInstances(
            answer.GetProperty("instances"),
            !answer.TryGetProperty("intention", out var asked) || asked.GetProperty("enforced").GetBoolean(),
            Text(answer, "reason"),
            paint,
            output);
        PrintRefused(answer, paint, output);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  gateways   group {Text(answer, "gatewayGroup")}: {Gateways(answer.GetProperty("gateways"))}; "
                + $"{answer.GetProperty("gatewayShare").GetDouble() * 100:0.##} % of requests go through a gateway"));
        var policy = answer.GetProperty("policy");
        output.WriteLine(
            $"  timeouts   {Number(policy, "requestTimeoutMs")} ms for the request, {Number(policy, "connectTimeoutMs")} ms to connect");
        output.WriteLine(
            $"  attempts   at most {Number(policy, "maxAttempts")} over all layers; a retry only if nothing was forwarded or the request "
                + $"is idempotent, within the budget");
        if (answer.TryGetProperty("retryBudget", out var budget))
        {
            output.WriteLine(
                $"  budget     {Number(budget, "left")} of {Number(budget, "allowed")} retries left in this ten-second window, "
                    + $"{Number(budget, "processLeft")} of {Number(budget, "processAllowed")} over all services{Hedge(budget)}");
        }

        output.WriteLine(
            $"  ejection   after {Number(policy, "ejectAfter")} failures in a row, for {Number(policy, "ejectForMs")} ms and more each "
                + $"time");
        if (answer.TryGetProperty("limits", out var limits))
        {
            LimitText.Print(limits, paint, output);
        }

        if (answer.TryGetProperty("intention", out var intention))
        {
            output.Write("  intention  ");
            IntentionCheckCommand.Print(intention, output);
        }
        else
        {
            output.WriteLine("  intention  use --from SERVICE to check the intentions of a caller");
        }
    }

    private static void PrintInstances(JsonElement instances, bool enforced, string reason, Paint paint, TextWriter output)
    {
        if (instances.GetArrayLength() == 0)
        {
            output.WriteLine(
                $"  instances  {paint.Text("none", TextStyle.Bad)}: "
                    + $"{(reason == "address_refused" ? "502, address_refused" : "503, no_endpoint")}");
            return;
        }

        var healthy = instances.EnumerateArray().Count(instance => instance.GetProperty("healthy").GetBoolean());
        var clear = instances.EnumerateArray().Any(IsCleartext);
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"  instances  {instances.GetArrayLength()}, of which {healthy} healthy{(healthy == 0 ? "; panic: all are used" : "")}"));
        foreach (var instance in instances.EnumerateArray())
        {
            var state = instance.GetProperty("ejected").GetBoolean()
                ? paint.Text(
                    string.Create(CultureInfo.InvariantCulture, $"ejected for {instance.GetProperty("ejectedForSeconds").GetDouble()} s"),
                    TextStyle.Warn)
                : instance.GetProperty("healthy").GetBoolean()
                    ? paint.Text("healthy", TextStyle.Good)
                    : paint.Text("unhealthy", TextStyle.Bad);
            output.WriteLine(
                $"             {Text(instance, "id")} at "
                    + $"{Text(instance, "address")}{(Text(instance, "node") is { Length: > 0 } node ? $" on {node}" : " (no sidecar: cleartext)")}: {state}, {Number(instance, "inflight")} in flight{Standing(instance)}");
        }

        if (clear)
        {
            var decider = enforced ? "; the caller enforces the intentions, since no sidecar at the destination does" : "";
            output.WriteLine(paint.Text($"             the hop to instances without a sidecar is cleartext{decider}", TextStyle.Warn));
        }
    }

    private static bool IsCleartext(JsonElement instance) =>
        instance.TryGetProperty("cleartext", out var clear) && clear.ValueKind == JsonValueKind.True;

    // Older processes omit this member.
    private static void PrintRefused(JsonElement answer, Paint paint, TextWriter output)
    {
        foreach (var record in answer.Items("refused"))
        {
            var because = $"never dialed: {Text(record, "address")} {Text(record, "because")}; {Text(record, "fix")}";
            output.WriteLine(
                $"             {Text(record, "id")}{(Text(record, "node") is { Length: > 0 } node ? $" on {node}" : " (no sidecar)")}: "
                    + $"{paint.Text(because, TextStyle.Bad)}");
        }
    }

    // Inputs of the load balancer.
    private static string Standing(JsonElement instance) => string.Concat(
        (
            (ReadOnlySpan<(string Key, string Word)>)[
                ("weight", "weight"), ("ewmaMs", "EWMA in ms"), ("zone", "zone"), ("ejectionCause", "cause")]).ToArray()
            .Where(pair => instance.TryGetProperty(pair.Key, out var value) && value.ToString() is not ("" or "none"))
            .Select(pair => $", {pair.Word} {instance.GetProperty(pair.Key).AsText()}"));

    private static string Hedge(JsonElement budget) =>
        budget.GetProperty("hedgeAfterMs").ValueKind == JsonValueKind.Null
            ? ""
            : $"; a hedge goes to a second instance after {Number(budget, "hedgeAfterMs")} ms";

    private static string Gateways(JsonElement gateways) => gateways.GetArrayLength() == 0
        ? "none"
        : string.Join(
            ", ",
            gateways.EnumerateArray().Select(
                gateway => $"{Text(gateway, "node")} at "
                    + $"{Text(gateway, "address")}{(gateway.GetProperty("healthy").GetBoolean() ? "" : " (unhealthy)")}"));

    private static string Text(JsonElement element, string name) => element.GetProperty(name).AsText();

    private static string Number(JsonElement element, string name) => element.GetProperty(name).AsText();
}
