using System.Globalization;
using System.Text;

namespace GatewayMesh.Admin.Http;

/// <summary>
/// Formats of <c>/metrics</c>: Prometheus' text format 0.0.4, and OpenMetrics 1.0 for those who prefer it (<c>Accept</c>, or
/// <c>?format=openmetrics</c>). Source: OpenMetrics specification 1.0.0; RFC 9110 §12.5.1.
/// </summary>
public static class MetricsFormat
{
    /// <summary>Content type of Prometheus' text format.</summary>
    public const string Prometheus = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>Content type of OpenMetrics.</summary>
    public const string OpenMetrics = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    /// <summary>Last line of an OpenMetrics document.</summary>
    public const string End = "# EOF\n";

    /// <summary>Path and query of the worker's metrics in OpenMetrics.</summary>
    public const string OpenMetricsPath = "/metrics?format=openmetrics";

    private const string TotalSuffix = "_total";

    /// <summary>True if the client is to get OpenMetrics.</summary>
    public static bool IsOpenMetrics(AdminRequest request) =>
        request.QueryValue("format") == "openmetrics" || Prefers(request.Accept);

    /// <summary>Returns a response in the format of <paramref name="text"/>.</summary>
    /// <param name="isOpen">True for OpenMetrics: the end is added.</param>
    /// <param name="text">The document without its end.</param>
    public static AdminResponse Respond(bool isOpen, string text) =>
        new(200, isOpen ? OpenMetrics : Prometheus, Encoding.UTF8.GetBytes(isOpen ? text + End : text));

    /// <summary>
    /// Returns a document without its end in OpenMetrics: the family of a counter is named without the <c>_total</c> of its samples.
    /// </summary>
    /// <param name="text">A document in Prometheus' text format without histograms.</param>
    public static string ToOpenMetrics(string text)
    {
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var counters = lines
            .Where(line => line.StartsWith("# TYPE ", StringComparison.Ordinal) && line.EndsWith(" counter", StringComparison.Ordinal))
            .Select(line => line.Split(' ')[2])
            .ToHashSet(StringComparer.Ordinal);
        var open = new StringBuilder(text.Length);
        foreach (var line in lines)
        {
            var words = line.Split(' ', 4);
            open.Append(
                line.StartsWith("# ", StringComparison.Ordinal) && counters.Contains(words[2])
                    ? $"# {words[1]} {FamilyOf(words[2])} {words[3]}"
                    : line)
                .Append('\n');
        }

        return open.ToString();
    }

    /// <summary>Returns the family of a counter: its name without <c>_total</c>.</summary>
    public static string FamilyOf(string counter) =>
        counter.EndsWith(TotalSuffix, StringComparison.Ordinal) ? counter[..^TotalSuffix.Length] : counter;

    // OpenMetrics must be named by the client, and not be valued less than plain text.
    private static bool Prefers(string accept)
    {
        var (open, text) = (0.0, 0.0);
        foreach (var range in accept.Split(','))
        {
            var parts = range.Split(';', StringSplitOptions.TrimEntries);
            var quality = 1.0;
            var isKnown = true;
            foreach (var part in parts.AsSpan(1))
            {
                if (part.StartsWith("q=", StringComparison.OrdinalIgnoreCase))
                {
                    quality = double.TryParse(part.AsSpan(2), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var given)
                        ? given
                        : 0;
                }
                else if (part.StartsWith("version=", StringComparison.OrdinalIgnoreCase))
                {
                    isKnown = part[8..].Trim('"') is "1.0.0" or "0.0.4";
                }
            }

            if (isKnown && parts[0].Equals("application/openmetrics-text", StringComparison.OrdinalIgnoreCase))
            {
                open = Math.Max(open, quality);
            }
            else if (isKnown && parts[0].ToLowerInvariant() is "text/plain")
            {
                text = Math.Max(text, quality);
            }
        }

        return open > 0 && open >= text;
    }
}
