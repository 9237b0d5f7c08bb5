using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace GatewayMesh.Proxy.Telemetry;

/// <summary>The series of requests, at most so many; beyond that new ones are folded.</summary>
internal sealed class RequestSeriesTable(int limit)
{
    private readonly ConcurrentDictionary<RequestLabels, RequestSeries> _series = new();
    private int _count;

    /// <summary>Every series as it stands.</summary>
    public IEnumerable<Measurement<long>> Measurements => _series.Select(pair => pair.Value.Measurement);

    /// <summary>The series of <paramref name="labels"/>.</summary>
    public RequestSeries Of(in RequestLabels labels) => _series.TryGetValue(labels, out var series) ? series : Add(labels);

    private RequestSeries Add(in RequestLabels labels)
    {
        // Taken before it is used, so that threads that arrive together do not pass the limit together.
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
