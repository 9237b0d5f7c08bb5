using System.Buffers;
using System.Diagnostics;
using System.Globalization;

namespace GatewayMesh.Proxy.Telemetry;

/// <summary>A measurement whose trace is recorded, for one bucket of a histogram (OpenMetrics 1.0, §4.6.1).</summary>
internal sealed class Exemplar
{
    private readonly string _text;

    private Exemplar(string text) => _text = text;

    /// <summary>Returns the exemplar of a measurement; null unless the current trace of the thread is recorded.</summary>
    public static Exemplar? Of(double value)
    {
        if (Activity.Current is not { Recorded: true } span)
        {
            return null;
        }

        var at = (span.StartTimeUtc + span.Duration - DateTime.UnixEpoch).TotalSeconds;
        return new Exemplar(string.Create(
            CultureInfo.InvariantCulture, $" # {{trace_id=\"{span.TraceId}\",span_id=\"{span.SpanId}\"}} {value:R} {at:F3}"));
    }

    /// <summary>Writes the exemplar behind the value of its bucket.</summary>
    public void WriteTo(IBufferWriter<byte> output) => PrometheusSyntax.WriteText(output, _text);
}
