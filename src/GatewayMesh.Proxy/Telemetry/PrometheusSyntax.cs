using System.Buffers;
using System.Globalization;
using System.Text;

namespace GatewayMesh.Proxy.Telemetry;

/// <summary>Syntax of names, labels, and numbers in Prometheus' text format 0.0.4.</summary>
internal static class PrometheusSyntax
{
    /// <summary>Returns a name with invalid characters replaced by underscores.</summary>
    public static string NameOf(string name)
    {
        var text = string.Create(name.Length, name, static (span, from) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                span[i] = char.IsAsciiLetterOrDigit(from[i]) || from[i] is '_' or ':' ? from[i] : '_';
            }
        });
        return text.Length > 0 && char.IsAsciiDigit(text[0]) ? "_" + text : text;
    }

    /// <summary>Returns <c>a="b",c="d"</c>, with backslash, quote, and line feed escaped.</summary>
    public static string LabelsOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var text = new StringBuilder();
        foreach (var tag in tags)
        {
            var value = Convert.ToString(tag.Value, CultureInfo.InvariantCulture) ?? "";
            text.Append(text.Length == 0 ? "" : ",").Append(NameOf(tag.Key)).Append("=\"");
            text.Append(
                value.Replace("\\", "\\\\", StringComparison.Ordinal)
                    .Replace("\"", "\\\"", StringComparison.Ordinal)
                    .Replace("\n", "\\n", StringComparison.Ordinal));
            text.Append('"');
        }

        return text.ToString();
    }

    /// <summary>
    /// Writes the head of a family. OpenMetrics names a counter's family without the suffix of its samples, and has units.
    /// </summary>
    public static void WriteHead(IBufferWriter<byte> output, MetricFamily family, bool isOpen)
    {
        const string Total = "_total";
        const string Unit = "seconds";
        var isCounter = family.Type == "counter";
        var hasTotal = family.Name.EndsWith(Total, StringComparison.Ordinal);
        var name = isOpen && isCounter && hasTotal ? family.Name[..^Total.Length] : family.Name;
        var type = isOpen && isCounter && !hasTotal ? "unknown" : family.Type;
        var help = HelpOf(family.Help);
        WriteText(output, $"# HELP {name} {(isOpen ? help.Replace("\"", "\\\"", StringComparison.Ordinal) : help)}\n");
        WriteText(output, $"# TYPE {name} {type}\n");
        if (isOpen && name.EndsWith("_" + Unit, StringComparison.Ordinal))
        {
            WriteText(output, $"# UNIT {name} {Unit}\n");
        }
    }

    /// <summary>Returns a help text with backslash and line feed escaped.</summary>
    public static string HelpOf(string help) =>
        help.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    /// <summary>Writes a number: <c>+Inf</c>, <c>-Inf</c>, <c>NaN</c>, or the shortest text that parses to the same number.</summary>
    /// <param name="output">Receives the text.</param>
    /// <param name="value">The number.</param>
    /// <param name="isCanonical">True writes whole numbers as <c>1.0</c>, as OpenMetrics writes bounds. Default: false.</param>
    public static void WriteNumber(IBufferWriter<byte> output, double value, bool isCanonical = false)
    {
        if (!double.IsFinite(value))
        {
            output.Write(double.IsNaN(value) ? "NaN"u8 : value > 0 ? "+Inf"u8 : "-Inf"u8);
            return;
        }

        var isWhole = Math.Abs(value) < 1e15 && Math.Floor(value) == value;
        var span = output.GetSpan(32);
        var count = 0;
        var done = isWhole
            ? ((long)value).TryFormat(span, out count, provider: CultureInfo.InvariantCulture)
            : value.TryFormat(span, out count, provider: CultureInfo.InvariantCulture);
        output.Advance(done ? count : 0);
        if (isWhole && isCanonical)
        {
            output.Write(".0"u8);
        }
    }

    /// <summary>Writes text.</summary>
    public static void WriteText(IBufferWriter<byte> output, string text) => Encoding.UTF8.GetBytes(text, output);
}
