using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace GatewayMesh.Proxy.Telemetry;

/// <summary>Series of requests, bounded in number; further series are folded.</summary>
internal sealed class RequestSeriesTable(int limit)
{
    private readonly ConcurrentDictionary<RequestLabels, RequestSeries> _series = new();
    private int _count;

    /// <summary>Current values of all series.</summary>
    public IEnumerable<Measurement<long>> Measurements => _series.Select(pair => pair.Value.Measurement);

    /// <summary>Returns the series of <paramref name="labels"/>.</summary>
    public RequestSeries Of(in RequestLabels labels) => _series.TryGetValue(labels, out var series) ? series : Add(labels);

    private RequestSeries Add(in RequestLabels labels)
    {
        // Reserved before use, so that concurrent threads do not exceed the limit.
        if (Interlocked.Increment(ref _count) > limit)
        {
            Interlocked.Decrement(ref _count);
            var folded = labels.Folded();
            return _series.GetOrAdd(folded, static key => new RequestSeries(key));
        }

        var made = new RequestSeries(labels);
        var kept = _series.GetOrAdd(labels, made);
        if (!ReferenceEquals(made, kept))
        {
            Interlocked.Decrement(ref _count);
        }

        return kept;
    }
}
