using System.Diagnostics.Metrics;

namespace GatewayMesh.Proxy.Telemetry;

/// <summary>One metric collected by the exporter: a name, a type, and its series.</summary>
internal sealed class MetricFamily
{
    // Prometheus' own defaults, for a histogram without bounds.
    private static readonly double[] DefaultBounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    public MetricFamily(Instrument instrument)
    {
        Name = PrometheusSyntax.NameOf(instrument.Name);
        Help = instrument.Description ?? "";
        (Type, IsObserved) = instrument switch
        {
            ObservableCounter<long> or ObservableCounter<int> or ObservableCounter<double> => ("counter", true),
            Counter<long> or Counter<int> or Counter<double> => ("counter", false),
            Histogram<long> or Histogram<int> or Histogram<double> => ("histogram", false),
            _ => ("gauge", instrument.IsObservable),
        };
        IsSet = IsObserved || instrument is Gauge<long> or Gauge<int> or Gauge<double>;
        Bounds = Type != "histogram" ? [] : [.. (instrument as Histogram<double>)?.Advice?.HistogramBucketBoundaries ?? DefaultBounds];
        Series = new MetricSeriesTable(Type == "histogram" ? Bounds.Length + 1 : 0);
    }

    /// <summary>Name of the metric.</summary>
    public string Name { get; }

    /// <summary>Help text of the metric.</summary>
    public string Help { get; }

    /// <summary><c>counter</c>, <c>gauge</c>, or <c>histogram</c>.</summary>
    public string Type { get; }

    /// <summary>True if values are observed only at each scrape.</summary>
    public bool IsObserved { get; }

    /// <summary>Histogram: upper bounds of the buckets.</summary>
    public double[] Bounds { get; }

    /// <summary>Series of the metric.</summary>
    public MetricSeriesTable Series { get; }

    private bool IsSet { get; }

    /// <summary>Records a measurement.</summary>
    public void Measure(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags, int scrape)
    {
        var series = Series.Of(tags);
        series.SeenIn = scrape;
        if (IsSet)
        {
            series.Value = value;
            return;
        }

        if (Type == "histogram")
        {
            var bucket = 0;
            while (bucket < Bounds.Length && value > Bounds[bucket])
            {
                bucket++;
            }

            Interlocked.Increment(ref series.Buckets[bucket]);
            if (Exemplar.Of(value) is { } exemplar)
            {
                series.Keep(bucket, exemplar);
            }
        }

        series.Add(value);
    }
}
