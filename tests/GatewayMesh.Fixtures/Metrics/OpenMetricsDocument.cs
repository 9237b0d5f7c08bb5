using System.Globalization;
using System.Text.RegularExpressions;

namespace GatewayMesh.Fixtures.Metrics;

/// <summary>
/// A document in OpenMetrics 1.0, checked strictly: one block for each family, its heads first and once, suffixes by type, labels,
/// cumulative buckets with canonical bounds, exemplars only where they may be, and the end. Any breach is an <see cref="InvalidDataException"/>.
/// </summary>
public sealed partial class OpenMetricsDocument
{
    private readonly Dictionary<string, Family> _families = [];

    private OpenMetricsDocument()
    {
    }

    /// <summary>Types of the families by name.</summary>
    public IReadOnlyDictionary<string, string> Types => _families.ToDictionary(pair => pair.Key, pair => pair.Value.Type);

    /// <summary>Trace IDs of the exemplars.</summary>
    public IReadOnlyList<string> ExemplarTraces { get; private set; } = [];

    /// <summary>Names of all samples.</summary>
    public IReadOnlyCollection<string> Samples { get; private set; } = [];

    /// <summary>Reads a document.</summary>
    /// <exception cref="InvalidDataException">A rule is broken.</exception>
    public static OpenMetricsDocument Parse(string text)
    {
        Require(text.EndsWith("\n# EOF\n", StringComparison.Ordinal) || text == "# EOF\n", "no # EOF at the end");
        var document = new OpenMetricsDocument();
        var traces = new List<string>();
        var samples = new HashSet<string>();
        var seen = new HashSet<string>();
        Family? current = null;
        foreach (var line in text[..^"# EOF\n".Length].Split('\n').SkipLast(1))
        {
            if (line.StartsWith('#'))
            {
                current = document.ReadHead(line, current);
                continue;
            }

            var match = Sample().Match(line);
            Require(match.Success, $"not a sample: {line}");
            var (name, labels) = (match.Groups["name"].Value, match.Groups["labels"].Value);
            Require(current is not null && current.Owns(name), $"{name} is in no block of its family");
            Require(seen.Add(name + "{" + labels + "}"), $"twice: {line}");
            _ = samples.Add(name);
            var value = Number(match.Groups["value"].Value);
            Require(
                current!.Type is not ("counter" or "histogram") || value >= 0 || name.EndsWith("_sum", StringComparison.Ordinal),
                $"negative: {line}");
            current.CheckBucket(name, labels, value);
            if (match.Groups["exemplar"].Value is { Length: > 0 } exemplar)
            {
                Require(
                    name.EndsWith("_bucket", StringComparison.Ordinal) || name.EndsWith("_total", StringComparison.Ordinal),
                    $"no exemplar may be here: {line}");
                Require(exemplar.Length <= 128 + 16, $"an exemplar's labels are too long: {line}");
                traces.Add(TraceId().Match(exemplar).Groups[1].Value);
                Require(Number(match.Groups["of"].Value) <= Family.BoundOf(labels), $"the exemplar is not of this bucket: {line}");
            }
        }

        (document.ExemplarTraces, document.Samples) = (traces, samples);
        return document;
    }

    private Family ReadHead(string line, Family? current)
    {
        var match = Head().Match(line);
        Require(match.Success, $"not a head: {line}");
        var (kind, name, rest) = (match.Groups[1].Value, match.Groups[2].Value, match.Groups[3].Value);
        if (current?.Name != name)
        {
            Require(!_families.ContainsKey(name), $"{name} has two blocks");
            Require(
                !_families.Keys.Any(other => name == other + "_total" || other == name + "_total"), $"{name} clashes with a sample of another");
            _families.Add(name, current = new Family(name));
        }

        Require(!current.HasSamples, $"a head after samples: {line}");
        Require(current.Heads.Add(kind), $"twice: {line}");
        switch (kind)
        {
            case "TYPE":
                Require(rest is "counter" or "gauge" or "histogram" or "info" or "stateset" or "unknown", $"no type: {line}");
                Require(rest != "counter" || !name.EndsWith("_total", StringComparison.Ordinal), $"a counter's family has no _total: {line}");
                current.Type = rest;
                break;
            case "UNIT":
                Require(name.EndsWith("_" + rest, StringComparison.Ordinal), $"the name lacks the unit: {line}");
                break;
        }

        return current;
    }

    private static void Require(bool condition, string problem)
    {
        if (!condition)
        {
            throw new InvalidDataException(problem);
        }
    }

    private static double Number(string text) => text switch
    {
        "+Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        "NaN" => double.NaN,
        _ => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new InvalidDataException($"not a number: {text}"),
    };

    [GeneratedRegex("""^# (TYPE|HELP|UNIT) ([a-zA-Z_:][a-zA-Z0-9_:]*) ((?:[^\\"\n]|\\[\\"n]|")*)$""")]
    private static partial Regex Head();

    [GeneratedRegex("""
        ^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)
        (?:\{(?<labels>(?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*",?)*)\})?
        \x20(?<value>[^\x20]+)
        (?:\x20\#\x20\{(?<exemplar>[^}]*)\}\x20(?<of>[^\x20]+)(?:\x20[0-9.]+)?)?$
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Sample();

    [GeneratedRegex("trace_id=\"([0-9a-f]{32})\"")]
    private static partial Regex TraceId();

    private sealed class Family(string name)
    {
        private string _series = "";
        private double _bound;
        private double _count;

        public string Name => name;

        public string Type { get; set; } = "unknown";

        public HashSet<string> Heads { get; } = [];

        public bool HasSamples { get; private set; }

        public bool Owns(string sample)
        {
            HasSamples = true;
            return Type switch
            {
                "counter" => sample == name + "_total" || sample == name + "_created",
                "histogram" => sample[name.Length..] is "_bucket" or "_sum" or "_count" or "_created"
                    && sample.StartsWith(name, StringComparison.Ordinal),
                _ => sample == name,
            };
        }

        public static double BoundOf(string labels)
        {
            var at = labels.LastIndexOf("le=\"", StringComparison.Ordinal);
            return at < 0 ? double.PositiveInfinity : Number(labels[(at + 4)..^1]);
        }

        public void CheckBucket(string sample, string labels, double value)
        {
            if (Type != "histogram" || !sample.EndsWith("_bucket", StringComparison.Ordinal))
            {
                return;
            }

            var at = labels.LastIndexOf("le=\"", StringComparison.Ordinal);
            Require(at >= 0 && labels.EndsWith('"'), $"a bucket without a bound: {labels}");
            var text = labels[(at + 4)..^1];
            Require(
                text == "+Inf" || text.Contains('.', StringComparison.Ordinal) || text.Contains('e', StringComparison.Ordinal),
                $"not canonical: {text}");
            if (labels[..at] != _series)
            {
                Require(_series.Length == 0 || double.IsPositiveInfinity(_bound), $"no last bucket of {_series}");
                (_series, _bound, _count) = (labels[..at], double.NegativeInfinity, 0);
            }

            Require(BoundOf(labels) > _bound && value >= _count, $"buckets are not in order: {labels}");
            (_bound, _count) = (BoundOf(labels), value);
        }
    }
}
