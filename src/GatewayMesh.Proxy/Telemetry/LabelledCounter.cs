using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;

namespace GatewayMesh.Proxy.Telemetry;

/// <summary>A counter with up to three labels and a bounded number of series; further series are folded into <c>other</c>.</summary>
internal sealed class LabelledCounter
{
    private const int Limit = 500;
    private readonly ConcurrentDictionary<(string, string, string), StrongBox<long>> _cells = new();
    private readonly string[] _names;

    public LabelledCounter(Meter meter, string name, string help, params string[] names)
    {
        _names = names;
        meter.CreateObservableCounter(name, Observe, description: help);
    }

    /// <summary>Counts one event with these values.</summary>
    public void Count(string first, string second = "", string third = "") => Add(1, first, second, third);

    /// <summary>Counts several events with these values.</summary>
    public void Add(long count, string first, string second = "", string third = "")
    {
        var key = (first, second, third);
        if (!_cells.TryGetValue(key, out var cell))
        {
            // The bound is approximate under a race, which is sufficient.
            cell = _cells.GetOrAdd(
                _cells.Count < Limit ? key : (Labels.Other, Labels.Other, Labels.Other), static _ => new StrongBox<long>());
        }

        Interlocked.Add(ref cell.Value, count);
    }

    private IEnumerable<Measurement<long>> Observe() => _cells.Select(pair =>
    {
        Span<string> values = [pair.Key.Item1, pair.Key.Item2, pair.Key.Item3];
        var tags = new KeyValuePair<string, object?>[_names.Length];
        for (var i = 0; i < tags.Length; i++)
        {
            tags[i] = new(_names[i], values[i]);
        }

        return new Measurement<long>(Interlocked.Read(ref pair.Value.Value), tags);
    });
}
