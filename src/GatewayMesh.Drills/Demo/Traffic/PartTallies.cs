using GatewayMesh.Drills.Load;

namespace GatewayMesh.Drills.Demo.Traffic;

/// <summary>Request counts of all streams, by the part of the demo in which the request ended. Thread-safe.</summary>
internal sealed class PartTallies : ISampleSink
{
    private readonly Lock _lock = new();
    private readonly List<(string Title, Tally Tally)> _parts = [];

    /// <summary>The parts so far, with their counts.</summary>
    public IReadOnlyList<(string Title, Tally Tally)> Parts
    {
        get
        {
            lock (_lock)
            {
                return [.. _parts];
            }
        }
    }

    /// <summary>Starts a new part named <paramref name="title"/>.</summary>
    public void Begin(string title)
    {
        lock (_lock)
        {
            _parts.Add((title, Tally.None));
        }
    }

    /// <inheritdoc/>
    public void Add(in Sample sample)
    {
        lock (_lock)
        {
            if (_parts.Count > 0)
            {
                var (title, tally) = _parts[^1];
                _parts[^1] = (title, tally.With(sample));
            }
        }
    }
}
