using GatewayMesh.Commands.Drill.Load;

namespace GatewayMesh.Commands.Demo.Traffic;

/// <summary>Counts the requests of all streams by the part of the demo in which they ended. Safe for several threads.</summary>
internal sealed class PartTallies : ISampleSink
{
    private readonly Lock _lock = new();
    private readonly List<(string Title, Tally Tally)> _parts = [];

    /// <summary>The parts so far, with what was counted.</summary>
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

    /// <summary>From now on requests belong to <paramref name="title"/>.</summary>
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
