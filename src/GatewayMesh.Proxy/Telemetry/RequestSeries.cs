using System.Diagnostics.Metrics;

namespace GatewayMesh.Proxy.Telemetry;

/// <summary>One series of <c>gatewaymesh_requests_total</c>: its tags, built once, and its count.</summary>
internal sealed class RequestSeries
{
    private readonly KeyValuePair<string, object?>[] _tags;
    private long _count;

    public RequestSeries(in RequestLabels labels)
    {
        KeyValuePair<string, object?> direction = new("direction", labels.Direction.Word());
        KeyValuePair<string, object?> source = new("source", labels.Source);
        KeyValuePair<string, object?> destination = new("destination", labels.Destination);
        DurationTags = [direction, source, destination];
        _tags =
        [
            direction,
            source,
            destination,
            new("method", labels.Method),
            new("status", Labels.Status(labels.Status)),
            new("error", Labels.Error(labels.Error)),
            new("tier", labels.Tier.Word()),
        ];
    }

    /// <summary>Tags of the histogram; fewer than the counter's because each histogram series is a dozen numbers.</summary>
    public KeyValuePair<string, object?>[] DurationTags { get; }

    /// <summary>Count and tags.</summary>
    public Measurement<long> Measurement => new(Interlocked.Read(ref _count), _tags);

    /// <summary>Counts one request.</summary>
    public void Count() => Interlocked.Increment(ref _count);
}
