using System.Globalization;
using GatewayMesh.Admin.Documents;
using GatewayMesh.Terminal.Output;

namespace GatewayMesh.Commands.Explain;

/// <summary>Text output of a service's limits, requests in flight and circuit breaker.</summary>
internal static class LimitText
{
    /// <summary>
    /// Prints a line for the limits, one for the breaker if present, and one for the adaptive limit of this host's application.
    /// </summary>
    public static void Print(ExplainedLimits limits, Paint paint, TextWriter output)
    {
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  limits     {Of(limits.Requests, limits.MaxRequests)} requests in flight, {Of(limits.Pending, limits.MaxPending)} waiting "
                + $"for "
                + $"a connection, {Of(limits.Retries, limits.MaxRetries)} retries, {limits.Connections} connections"));
        if (limits.Breaker is { } phase)
        {
            var word = phase switch
            {
                "closed" => paint.Text("closed", TextStyle.Good),
                "open" => paint.Text(
                    string.Create(CultureInfo.InvariantCulture, $"open for {limits.BreakerOpenForSeconds} s: 503"), TextStyle.Bad),
                _ => paint.Text("half open: one trial request at a time", TextStyle.Warn),
            };
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  breaker    {word}, {limits.BreakerFailures} failures of {limits.BreakerAttempts} attempts in its window"));
        }

        if (limits.ConcurrencyLimit is { } concurrency)
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  adaptive   {limits.Work ?? 0} of {concurrency} concurrent requests at this host's application"));
        }
    }

    private static string Of(int count, int? most) => most is null
        ? count.ToString(CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{count} of {most}");
}
