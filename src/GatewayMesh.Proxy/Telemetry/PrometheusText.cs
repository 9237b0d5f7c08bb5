using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace GatewayMesh.Proxy.Telemetry;

/// <summary>
/// Collects instruments of meters named <c>GatewayMesh.*</c> and writes them in Prometheus' text format 0.0.4, or in OpenMetrics 1.0.
/// </summary>
public sealed class PrometheusText : IDisposable
{
    private readonly ConcurrentDictionary<string, MetricFamily> _families = new(StringComparer.Ordinal);
    private readonly MeterListener _listener = new();
    private readonly Lock _scraping = new();
    private readonly object? _scope;
    private volatile int _scrape;

    /// <summary>Starts listening.</summary>
    /// <param name="scope">Restricts collection to meters of this scope (a <see cref="MeshMetrics"/>); null collects all. Default:
    /// null.</param>
    public PrometheusText(object? scope = null)
    {
        _scope = scope;
        _listener.InstrumentPublished = Publish;
        _listener.SetMeasurementEventCallback<long>((_, value, tags, family) => Measure(family, value, tags));
        _listener.SetMeasurementEventCallback<int>((_, value, tags, family) => Measure(family, value, tags));
        _listener.SetMeasurementEventCallback<double>((_, value, tags, family) => Measure(family, value, tags));
        _listener.Start();
    }

    /// <summary>Writes all metrics, sorted by name.</summary>
    /// <param name="output">Receives the text.</param>
    /// <param name="isOpen">True for OpenMetrics, without its last line. Default: false.</param>
    public void Write(IBufferWriter<byte> output, bool isOpen = false)
    {
        lock (_scraping)
        {
            _scrape++;
            try
            {
                _listener.RecordObservableInstruments();
            }
            catch (AggregateException)
            {
                // One instrument's callback failed; the others have been collected.
            }

            foreach (var (_, family) in _families.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            {
                WriteFamily(output, family, isOpen);
                if (family.IsObserved)
                {
                    family.Series.Forget(series => series.SeenIn != _scrape);
                }
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    private void Publish(Instrument instrument, MeterListener listener)
    {
        if (instrument.Meter.Name.StartsWith("GatewayMesh.", StringComparison.Ordinal)
            && (_scope is null || ReferenceEquals(instrument.Meter.Scope, _scope)))
        {
            // Keyed by name: two instruments of one name are one metric, as the format requires.
            listener.EnableMeasurementEvents(
                instrument, _families.GetOrAdd(instrument.Name, static (_, made) => new MetricFamily(made), instrument));
        }
    }

    private void Measure(object? family, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        ((MetricFamily)family!).Measure(value, tags, _scrape);

    private void WriteFamily(IBufferWriter<byte> output, MetricFamily family, bool isOpen)
    {
        PrometheusSyntax.WriteHead(output, family, isOpen);
        foreach (var series in family.Series.All)
        {
            if (family.IsObserved && series.SeenIn != _scrape)
            {
                continue;
            }

            if (family.Bounds.Length == 0)
            {
                WriteSample(output, family.Name, "", series.Text, null, series.Value);
            }
            else
            {
                WriteHistogram(output, family, series, isOpen);
            }
        }
    }

    private static void WriteHistogram(IBufferWriter<byte> output, MetricFamily family, MetricSeries series, bool isOpen)
    {
        var count = 0L;
        for (var i = 0; i < series.Buckets.Length; i++)
        {
            count += Interlocked.Read(ref series.Buckets[i]);
            WriteSample(
                output,
                family.Name,
                "_bucket",
                series.Text,
                i < family.Bounds.Length ? family.Bounds[i] : double.PositiveInfinity,
                count,
                isOpen,
                isOpen ? series.Exemplars?[i] : null);
        }

        WriteSample(output, family.Name, "_sum", series.Text, null, series.Value);
        WriteSample(output, family.Name, "_count", series.Text, null, count);
    }

    private static void WriteSample(
        IBufferWriter<byte> output,
        string name,
        string suffix,
        byte[] labels,
        double? bound,
        double value,
        bool isOpen = false,
        Exemplar? exemplar = null)
    {
        PrometheusSyntax.WriteText(output, name);
        PrometheusSyntax.WriteText(output, suffix);
        if (labels.Length > 0 || bound is not null)
        {
            output.Write("{"u8);
            output.Write(labels);
            if (bound is not null)
            {
                output.Write(labels.Length > 0 ? ",le=\""u8 : "le=\""u8);
                PrometheusSyntax.WriteNumber(output, bound.Value, isCanonical: isOpen);
                output.Write("\""u8);
            }

            output.Write("}"u8);
        }

        output.Write(" "u8);
        PrometheusSyntax.WriteNumber(output, value);
        exemplar?.WriteTo(output);
        output.Write("\n"u8);
    }
}
