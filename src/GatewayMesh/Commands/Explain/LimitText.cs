using System.Globalization;
using System.Text.Json;
using GatewayMesh.Commands.Status;
using GatewayMesh.Commands.Terminal;

namespace GatewayMesh.Commands.Explain;

/// <summary>What is under way to the service against its limits, and its circuit breaker, as text.</summary>
internal static class LimitText
{
    /// <summary>Prints one line for the limits, one for the breaker where there is one, and one for the measured limit of this host's application.</summary>
    public static void Print(JsonElement limits, Paint paint, TextWriter output)
    {
        output.WriteLine($"  limits     {Of(limits, "requests", "maxRequests")} requests under way, {Of(limits, "pending", "maxPending")} waiting for a connection, {Of(limits, "retries", "maxRetries")} tried again, {Number(limits, "connections")} connections");
        if (limits.GetProperty("breaker").GetString() is { } phase)
        {
            var word = phase switch
            {
                "closed" => paint.Text("closed", Hue.Good),
                "open" => paint.Text(string.Create(CultureInfo.InvariantCulture, $"open for {limits.GetProperty("breakerOpenForSeconds").GetDouble()} s: 503"), Hue.Bad),
                _ => paint.Text("half open: one request at a time is let through to see", Hue.Warn),
            };
            output.WriteLine($"  breaker    {word}, {Number(limits, "breakerFailures")} failures of {Number(limits, "breakerAttempts")} attempts in its window");
        }

        if (limits.TryGetProperty("concurrencyLimit", out var concurrency))
        {
            output.WriteLine($"  adaptive   {Number(limits, "work")} of {concurrency.Words()} at a time at this host's application");
        }
    }

    private static string Of(JsonElement limits, string count, string most) =>
        limits.GetProperty(most).ValueKind == JsonValueKind.Null ? Number(limits, count) : $"{Number(limits, count)} of {Number(limits, most)}";

    private static string Number(JsonElement element, string name) => element.GetProperty(name).Words();
}
