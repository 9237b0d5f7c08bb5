using System.Globalization;
using System.Text.Json;
using GatewayMesh.Admin.Documents;
using GatewayMesh.Terminal.Output;

namespace GatewayMesh.Commands.Explain;

/// <summary>Text output of a service's limits, requests in flight and circuit breaker.</summary>
internal static class LimitText
{
    /// <summary>
    /// Prints a line for the limits, one for the breaker if present, and one for the adaptive limit of this host's application.
    /// </summary>
    public static void Print(JsonElement limits, Paint paint, TextWriter output)
    {
        output.WriteLine(
            $"  limits     {Of(limits, "requests", "maxRequests")} requests in flight, {Of(limits, "pending", "maxPending")} waiting for "
                + $"a connection, {Of(limits, "retries", "maxRetries")} retries, {Number(limits, "connections")} connections");
        if (limits.GetProperty("breaker").GetString() is { } phase)
        {
            var word = phase switch
            {
                "closed" => paint.Text("closed", TextStyle.Good),
                "open" => paint.Text(
                    string.Create(
                        CultureInfo.InvariantCulture, $"open for {limits.GetProperty("breakerOpenForSeconds").GetDouble()} s: 503"),
                    TextStyle.Bad),
                _ => paint.Text("half open: one trial request at a time", TextStyle.Warn),
            };
            output.WriteLine(
                $"  breaker    {word}, {Number(limits, "breakerFailures")} failures of {Number(limits, "breakerAttempts")} attempts in "
                    + $"its window");
        }

        if (limits.TryGetProperty("concurrencyLimit", out var concurrency))
        {
            output.WriteLine(
                $"  adaptive   {Number(limits, "work")} of {concurrency.AsText()} concurrent requests at this host's application");
        }
    }

    private static string Of(JsonElement limits, string count, string most) =>
        limits.GetProperty(most).ValueKind == JsonValueKind.Null
            ? Number(limits, count)
            : $"{Number(limits, count)} of {Number(limits, most)}";

    private static string Number(JsonElement element, string name) => element.GetProperty(name).AsText();
}
