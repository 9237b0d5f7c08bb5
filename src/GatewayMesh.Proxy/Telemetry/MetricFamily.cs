using System.Diagnostics.Metrics;

namespace GatewayMesh.Proxy.Telemetry;

/// <summary>One metric that the exporter collects: a name, a type and its series.</summary>
internal sealed class MetricFamily
{
    // Prometheus' own defaults, for a histogram that does not say its bounds.
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

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>What it means.</summary>
    public string Help { get; }

    /// <summary><c>counter</c>, <c>gauge</c> or <c>histogram</c>.</summary>
    public string Type { get; }

    /// <summary>True when its values come at each scrape, and only then.</summary>
    public bool IsObserved { get; }

    /// <summary>Histogram: upper bounds of the buckets.</summary>
    public double[] Bounds { get; }

    /// <summary>Its series.</summary>
    public MetricSeriesTable Series { get; }

    private bool IsSet { get; }

    /// <summary>Takes a measurement.</summary>
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
        }

        series.Add(value);
    }
}
